#include "classifier/decode/queue_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace bouncewatch {
namespace {

constexpr size_t kSlots = 1 << 10;

class QueueTableTest : public testing::Test {
 protected:
  std::string SenderOf(const QueueTable& table, std::string_view id) {
    const uint32_t sender = table.Sender(table.Hash(id));
    return sender == QueueTable::kUnknown ? "?" : std::string(table.name(sender));
  }
  std::vector<std::string> Expire(QueueTable* table, std::string_view id) {
    std::vector<uint32_t> domains;
    if (!table->Expired(table->Hash(id), &domains)) return {"?"};
    std::vector<std::string> names;
    for (uint32_t domain : domains) names.emplace_back(table->name(domain));
    return names;
  }
  QueueTable table_{kSlots, 7};
};

TEST_F(QueueTableTest, KnowsTheSenderUntilTheLastRecipientIsDone) {
  table_.Active(table_.Hash("4AB"), "news.example", 2);
  EXPECT_EQ(SenderOf(table_, "4AB"), "news.example");
  table_.Finished(table_.Hash("4AB"), "a@x.test");
  EXPECT_EQ(SenderOf(table_, "4AB"), "news.example");
  table_.Finished(table_.Hash("4AB"), "b@x.test");
  EXPECT_EQ(SenderOf(table_, "4AB"), "?");
}

TEST_F(QueueTableTest, TellsTheNullSenderFromAnUnknownOne) {
  table_.Active(table_.Hash("4AB"), "", 1);
  EXPECT_EQ(SenderOf(table_, "4AB"), "");
  EXPECT_EQ(SenderOf(table_, "4AC"), "?");
}

TEST_F(QueueTableTest, AReusedQueueIdHasTheNewSender) {
  table_.Active(table_.Hash("4AB"), "old.example", 5);
  table_.Active(table_.Hash("4AB"), "new.example", 1);
  EXPECT_EQ(SenderOf(table_, "4AB"), "new.example");
}

TEST_F(QueueTableTest, ExpiryNamesTheRecipientsThatWereDeferred) {
  const uint64_t id = table_.Hash("4AB");
  table_.Active(id, "s.example", 3);
  table_.Deferred(id, "a@x.test", "x.test");
  table_.Deferred(id, "b@y.test", "y.test");
  table_.Deferred(id, "c@y.test", "y.test");
  table_.Finished(id, "a@x.test");
  table_.Active(id, "s.example", 2);  // the next queue run logs the message again
  table_.Deferred(id, "b@y.test", "y.test");
  EXPECT_EQ(Expire(&table_, "4AB"), (std::vector<std::string>{"y.test", "y.test"}));
  EXPECT_EQ(Expire(&table_, "4AB"), (std::vector<std::string>{"?"}));
}

TEST_F(QueueTableTest, StaysBoundedAndKeepsTheNewest) {
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t id = table_.Hash(std::to_string(i));
    table_.Active(id, "s" + std::to_string(i) + ".example", 9);
    table_.Deferred(id, "r@x.test", "d" + std::to_string(i) + ".test");
  }
  EXPECT_LE(table_.size(), kSlots);
  EXPECT_EQ(SenderOf(table_, "99999"), "s99999.example");
  EXPECT_EQ(Expire(&table_, "99999"), (std::vector<std::string>{"d99999.test"}));
}

// Random operations; a second table that lives only from the saved records must agree at every save.
TEST_F(QueueTableTest, SavedRecordsRebuildTheSameTable) {
  std::mt19937 random(5);
  QueueTable copy(kSlots, 7);
  for (int save = 0; save < 60; ++save) {
    for (int i = 0; i < 2000; ++i) {
      const std::string name = std::to_string(random() % 3000);
      const uint64_t id = table_.Hash(name);
      const std::string recipient = "r" + std::to_string(random() % 3) + "@x.test";
      switch (random() % 5) {
        case 0:
        case 1:
          table_.Active(id, "s" + std::to_string(random() % 50) + ".example", random() % 4);
          break;
        case 2:
          table_.Deferred(id, recipient, "d" + std::to_string(random() % 9) + ".test");
          break;
        case 3:
          table_.Finished(id, recipient);
          break;
        default:
          Expire(&table_, name);
      }
    }
    std::string record;
    table_.SaveChanges(&record);
    ASSERT_TRUE(copy.LoadRecord(record));
    ASSERT_EQ(copy.size(), table_.size()) << "save " << save;
    for (int i = 0; i < 3000; ++i) {
      ASSERT_EQ(SenderOf(copy, std::to_string(i)), SenderOf(table_, std::to_string(i)));
    }
    for (int i = save; i < 3000; i += 300) {  // expiry ends entries: do it in both
      ASSERT_EQ(Expire(&copy, std::to_string(i)), Expire(&table_, std::to_string(i)));
    }
  }
}

TEST_F(QueueTableTest, FirstRecordIsASnapshotAndLaterOnesAreChanges) {
  table_.Active(table_.Hash("4AB"), "a.example", 1);
  std::string first, second;
  EXPECT_TRUE(table_.SaveChanges(&first));
  table_.Active(table_.Hash("4AC"), "b.example", 1);
  EXPECT_FALSE(table_.SaveChanges(&second));
  QueueTable copy(kSlots, 7);
  ASSERT_TRUE(copy.LoadRecord(first));
  ASSERT_TRUE(copy.LoadRecord(second));
  EXPECT_EQ(SenderOf(copy, "4AB"), "a.example");
  EXPECT_EQ(SenderOf(copy, "4AC"), "b.example");
}

TEST_F(QueueTableTest, SavesASnapshotOnceChangesOutweighIt) {
  std::string record;
  ASSERT_TRUE(table_.SaveChanges(&record));
  EXPECT_FALSE(table_.SaveChanges(&(record = ""))) << "nothing changed";
  EXPECT_TRUE(record.empty());
  int saves = 0;
  do {
    table_.Active(table_.Hash("4AB"), "a.example", 1);
    table_.Finished(table_.Hash("4AB"), "u@x.test");
    record.clear();
    ASSERT_LE(++saves, 5000);
  } while (!table_.SaveChanges(&record));
  EXPECT_GT(saves, 100);
}

TEST_F(QueueTableTest, RefusesDamagedRecordsAndIsEmptyThen) {
  table_.Active(table_.Hash("4AB"), "a.example", 1);
  std::string record;
  table_.SaveChanges(&record);
  for (size_t cut = 0; cut < record.size(); ++cut) {
    if (cut == 1) continue;  // an empty snapshot is a valid one
    QueueTable copy(kSlots, 7);
    EXPECT_FALSE(copy.LoadRecord(std::string_view(record).substr(0, cut))) << cut;
    EXPECT_EQ(copy.size(), 0u);
  }
}

}  // namespace
}  // namespace bouncewatch
