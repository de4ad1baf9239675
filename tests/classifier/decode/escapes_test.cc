#include "classifier/decode/escapes.h"

#include <gtest/gtest.h>

namespace bouncewatch {
namespace {

TEST(Unescape, UndoesWhatMtasWrite) {
  TextArena arena;
  const std::pair<const char*, const char*> cases[] = {
      {"plain", "plain"},
      {R"(550-a\n550 b)", "550-a 550 b"},
      {R"(tab\there)", "tab here"},
      {R"(Empf\344nger)", "Empf\344nger"},
      {R"(\342\200\223)", "\342\200\223"},
      {R"(bell\007 and\033[31m)", "bell? and?[31m"},
      {R"(\"quoted\" \\ back)", R"("quoted" \ back)"},
      {R"(a\)", R"(a\)"},
      {R"(a\9\xq\77)", R"(a\9\xq\77)"},
      {R"(\400)", R"(\400)"},
      {"", ""},
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(Unescape(text, &arena), want) << text;
}

TEST(Unescape, TextWithoutEscapesIsNotCopied) {
  TextArena arena;
  const std::string_view text = "nothing here";
  EXPECT_EQ(Unescape(text, &arena).data(), text.data());
}

TEST(TextArena, ViewsHoldWhileOtherTextsAreAdded) {
  TextArena arena;
  std::vector<std::string_view> views;
  for (int i = 0; i < 3000; ++i)
    views.push_back(arena.Join(std::to_string(i), std::string(i % 97, 'x'), "."));
  for (int i = 0; i < 3000; ++i) {
    EXPECT_EQ(views[static_cast<size_t>(i)], std::to_string(i) + std::string(i % 97, 'x') + ".");
  }
  const std::string_view large = arena.Join(std::string(1'000'000, 'y'), {});
  EXPECT_EQ(views[0], "0.");
  EXPECT_EQ(large.size(), 1'000'000u);
}

}  // namespace
}  // namespace bouncewatch
