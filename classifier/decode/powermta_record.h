// One record of a PowerMTA accounting file: its columns, and the event it tells.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "classifier/decode/csv_record.h"
#include "classifier/decode/log_time.h"
#include "classifier/decode/text_arena.h"
#include "classifier/event.h"

namespace bouncewatch {

// Where the columns of use stand in the records of one file.
class PowerMtaColumns {
 public:
  enum Column : uint8_t {
    kType,
    kTimeLogged,
    kOrig,
    kRcpt,
    kDsnStatus,
    kDsnDiag,
    kDsnMta,
    kBounceCat,
    kSourceIp,
    kDestinationIp,
    kVmta,
    kQueue,
    kColumnCount,
  };

  // True when the record is a header: its first field is "type", and "timeLogged" is among the others.
  static bool IsHeader(const CsvRecord& record);

  // Of a column named twice the first counts. False: more fields than can be kept; there are no columns then.
  bool Read(const CsvRecord& header);
  void Clear() { size_ = 0; }

  size_t size() const { return size_; }  // fields of every record; 0: no header
  bool Has(Column column) const { return places_[column] >= 0; }
  // The field of a column; empty where the header has none. `record` has size() fields.
  const CsvField& Of(const CsvRecord& record, Column column) const;

 private:
  std::array<int16_t, kColumnCount> places_{};
  size_t size_ = 0;
};

enum class PowerMtaResult : uint8_t {
  kEvent,
  kNothing,  // a record type that is about no attempt
  kOutOfBand,
  kBadTime,
  kBadRecipient,
  kUnknownType,
};

// Fills *event. Views point into the record's bytes or into *arena. `record` has columns.size() fields.
PowerMtaResult ReadPowerMtaRecord(const PowerMtaColumns& columns, const CsvRecord& record,
                                  LogTimeParser* time, TextArena* arena, DeliveryEvent* event);

}  // namespace bouncewatch
