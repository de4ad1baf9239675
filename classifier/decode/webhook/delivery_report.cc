#include "classifier/decode/webhook/delivery_report.h"

#include "classifier/decode/webhook/mail_date.h"
#include "classifier/decode/webhook/mime.h"
#include "classifier/text.h"

namespace bouncewatch {
namespace {

// "rfc822; a@b": the type, and what stands behind it.
struct TypedValue {
  std::string_view type, value;
};
TypedValue SplitType(std::string_view text) {
  const size_t semicolon = text.find(';');
  if (semicolon == std::string_view::npos) return {{}, TrimBlanks(text)};
  return {TrimBlanks(text.substr(0, semicolon)), TrimBlanks(text.substr(semicolon + 1))};
}

bool IsAddress(std::string_view text) {
  return text.find('@') != std::string_view::npos;
}

// The fields of the group of one recipient, unfolded.
struct RecipientGroup {
  explicit RecipientGroup(const MimeHeader& group)
      : final(group.Value("final-recipient")),
        original(group.Value("original-recipient")),
        action(AsciiLower(group.Value("action"))),
        status(group.Value("status")),
        remote(group.Value("remote-mta")),
        diagnostic(group.Value("diagnostic-code")),
        last_attempt(group.Value("last-attempt-date")) {}
  std::string final, original, action, status, remote, diagnostic, last_attempt;
};

// The fields of the group that is about the whole message, read once: recipients may be many.
struct MessageGroup {
  explicit MessageGroup(const MimeHeader& group)
      : reporting(group.Value("reporting-mta")),
        arrival(group.Value("arrival-date")),
        queue_id(group.Value("x-postfix-queue-id")),
        postfix_sender(group.Value("x-postfix-sender")) {}
  std::string reporting, arrival, queue_id, postfix_sender;
};

// The recipient's last attempt, else when the report was written, else when the message came.
std::string TimeOf(const RecipientGroup& group, const MessageGroup& message, const ReportContext& context) {
  if (const auto time_s = ParseMailDate(group.last_attempt)) return std::to_string(*time_s);
  if (!context.time.empty()) return context.time;
  const auto time_s = ParseMailDate(message.arrival);
  return time_s ? std::to_string(*time_s) : std::string();
}

// False: it tells of no failure.
bool SetOutcome(const RecipientGroup& group, WebhookDraft* draft) {
  if (group.action == "failed" || (group.action.empty() && group.status.starts_with('5'))) {
    draft->outcome = Outcome::kOutOfBand;
  } else if (group.action == "delayed" || (group.action.empty() && group.status.starts_with('4'))) {
    draft->outcome = Outcome::kEcho;
  } else {
    return false;
  }
  return true;
}

void AddRecipient(const RecipientGroup& group, const MessageGroup& message, const ReportContext& context,
                  std::string_view bytes, WebhookSink* sink) {
  WebhookDraft draft;
  if (!SetOutcome(group, &draft)) return sink->Skip(WebhookSkip::kIgnored, bytes);
  draft.type = group.action;
  const std::string_view original = SplitType(group.original).value, final = SplitType(group.final).value;
  draft.recipient = IsAddress(original) ? original : final;
  if (!IsAddress(draft.recipient)) return sink->Skip(WebhookSkip::kNoRecipient, bytes);
  const std::string time = TimeOf(group, message, context);
  draft.time = time;
  draft.host = SplitType(message.reporting).value;
  draft.sender = message.postfix_sender.empty() ? std::string_view(context.sender)
                                                : SplitType(message.postfix_sender).value;
  draft.message_id = message.queue_id;
  draft.dsn = group.status;
  const std::string_view remote = SplitType(group.remote).value;
  draft.relay_host =
      remote.starts_with('[') ? std::string_view() : remote.substr(0, remote.find_first_of(" ("));
  if (remote.starts_with('[')) draft.relay_ip = remote;
  const TypedValue diagnostic = SplitType(group.diagnostic);
  const bool by_smtp = EqualsIgnoreCase(diagnostic.type, "smtp");
  draft.reply = by_smtp || diagnostic.type.find(' ') == std::string_view::npos
                    ? diagnostic.value
                    : std::string_view(group.diagnostic);
  // What is of another type a program of the reporting host said, not a server.
  draft.origin = by_smtp || group.diagnostic.empty() ? Origin::kRemote : Origin::kLocal;
  const std::string id = context.message_id + " " + group.final;
  draft.id = id;
  draft.id_is_unique = !context.message_id.empty();
  sink->Add(draft, bytes);
}

// Takes the next group of lines off the front of *text: what stands before an empty line.
std::string_view ConsumeGroup(std::string_view* text) {
  while (!text->empty() && ((*text)[0] == '\n' || (*text)[0] == '\r')) text->remove_prefix(1);
  std::string_view rest;
  SplitHeader(*text, &rest);
  const std::string_view group = text->substr(0, text->size() - rest.size());
  *text = rest;
  return group;
}

}  // namespace

void ReadDeliveryReport(std::string_view body, const ReportContext& context, WebhookSink* sink) {
  const MessageGroup message{MimeHeader(ConsumeGroup(&body))};
  size_t recipients = 0;
  while (!body.empty()) {
    const std::string_view bytes = ConsumeGroup(&body);
    if (bytes.empty()) continue;
    const RecipientGroup group{MimeHeader(bytes)};
    if (group.final.empty() && group.original.empty()) continue;
    if (++recipients > sink->limits().events_max) return sink->Skip(WebhookSkip::kOverLimit, bytes);
    AddRecipient(group, message, context, bytes, sink);
  }
  if (recipients == 0) sink->Skip(WebhookSkip::kBadItem, sink->request().body);
}

}  // namespace bouncewatch
