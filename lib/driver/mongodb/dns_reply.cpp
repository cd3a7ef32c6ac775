// The bytes of DNS replies: c-ares reads the records; the time to live, which it does not hand over, is read here.
// Names are always expanded by c-ares, which ends at compression loops.
#define CARES_NO_DEPRECATED  // by later versions, which have other calls than 1.18
#include <ares.h>

#include <algorithm>
#include <memory>

#include "driver/mongodb/dns_lookup.hpp"
#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {
namespace {

constexpr int header_size = 12, fixed_size = 10, type_srv = 33;

[[noreturn]] void no_reply(const std::string& name, const std::string& what) {
  refuse(errc::unavailable, "DNS answered for " + name + " what is no proper answer (" + what +
                                "); mend the name server, or use mongodb:// with the hosts");
}

struct FreeData {
  void operator()(void* data) const noexcept { ares_free_data(data); }
};

std::uint32_t number(const unsigned char* at, int bytes) {
  std::uint32_t out = 0;
  for (int i = 0; i < bytes; ++i) out = out << 8 | at[i];
  return out;
}

/// Goes through a reply by its names; every step is checked against its end.
class Walk {
 public:
  Walk(const unsigned char* bytes, int size) : bytes_(bytes), size_(size), at_(header_size) {}

  // Where the bytes after the name begin, if so many are there; null: the reply is damaged.
  const unsigned char* after_name(int count) {
    if (at_ >= size_) return nullptr;
    char* name = nullptr;
    long length = 0;
    if (ares_expand_name(bytes_ + at_, bytes_, size_, &name, &length) != ARES_SUCCESS) return nullptr;
    ares_free_string(name);
    at_ += static_cast<int>(length);
    return at_ + count <= size_ ? bytes_ + at_ : nullptr;
  }
  void skip(int count) { at_ += count; }

 private:
  const unsigned char* bytes_;
  int size_, at_;
};

std::chrono::seconds least_time_to_live(const unsigned char* bytes, int size, const std::string& name) {
  if (size < header_size) no_reply(name, "it ends too early");
  Walk walk(bytes, size);
  for (std::uint32_t i = number(bytes + 4, 2); i > 0; --i) {
    if (walk.after_name(4) == nullptr) no_reply(name, "its question is damaged");
    walk.skip(4);
  }
  std::uint32_t least = UINT32_MAX;
  for (std::uint32_t i = number(bytes + 6, 2); i > 0; --i) {
    const unsigned char* record = walk.after_name(fixed_size);
    if (record == nullptr) no_reply(name, "a record is damaged");
    if (number(record, 2) == type_srv) least = std::min(least, number(record + 4, 4));
    walk.skip(fixed_size + static_cast<int>(number(record + 8, 2)));
  }
  return std::chrono::seconds(least == UINT32_MAX || least > INT32_MAX ? 0 : least);  // the top bit set means zero
}

}  // namespace

DnsAnswer read_srv_reply(const unsigned char* bytes, int size, const std::string& name) {
  ares_srv_reply* first = nullptr;
  const int status = ares_parse_srv_reply(bytes, size, &first);
  const std::unique_ptr<ares_srv_reply, FreeData> records(first);
  DnsAnswer answer;
  if (status == ARES_ENODATA) return answer;
  if (status != ARES_SUCCESS) no_reply(name, ares_strerror(status));
  for (const ares_srv_reply* record = records.get(); record != nullptr; record = record->next)
    answer.records.push_back({record->host, record->port});
  answer.time_to_live = least_time_to_live(bytes, size, name);
  return answer;
}

std::vector<std::string> read_txt_reply(const unsigned char* bytes, int size, const std::string& name) {
  ares_txt_ext* first = nullptr;
  const int status = ares_parse_txt_reply_ext(bytes, size, &first);
  const std::unique_ptr<ares_txt_ext, FreeData> strings(first);
  std::vector<std::string> texts;
  if (status == ARES_ENODATA) return texts;
  if (status != ARES_SUCCESS) no_reply(name, ares_strerror(status));
  for (const ares_txt_ext* part = strings.get(); part != nullptr; part = part->next) {
    if (part->record_start != 0 || texts.empty()) texts.emplace_back();
    texts.back().append(reinterpret_cast<const char*>(part->txt), part->length);
  }
  return texts;
}

}  // namespace kinship::mongodb
