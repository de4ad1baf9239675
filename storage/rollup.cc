#include "storage/rollup.h"

#include <utility>

namespace bouncewatch {

void Rollup::Restart(std::shared_ptr<LocalIds> ids) {
  ids_ = std::move(ids);
  sealed_.reset();
  rows_.clear();
}

}  // namespace bouncewatch
