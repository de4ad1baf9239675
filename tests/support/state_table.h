// StateTable: what a store would hold after the states that a source saved; for tests of restarts without a
// store.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/source/file_identity.h"
#include "daemon/source/source.h"

namespace bouncewatch {

class StateTable {
 public:
  // Of a source that is new: its first save is number one.
  void Attach() { saves_ = 0; }
  void Save(Source* source) {
    std::vector<StateUpdate> updates;
    source->SaveState(&updates);
    for (const StateUpdate& update : updates) {
      if (update.value) {
        values_[update.key] = *update.value;
      } else {
        values_.erase(update.key);
      }
    }
    source->Durable(++saves_);
  }
  SavedStates saved() const { return {values_.begin(), values_.end()}; }

 private:
  std::map<std::string, std::string> values_;
  uint64_t saves_ = 0;
};

}  // namespace bouncewatch
