// StateTable: what a store would hold after the states that a source saved; for tests of restarts without a
// store.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/source/file_identity.h"
#include "daemon/source/source.h"

namespace bouncewatch {

class StateTable {
 public:
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
  }
  SavedStates saved() const { return {values_.begin(), values_.end()}; }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace bouncewatch
