// Little-endian throughout; x86 and ARM read it as it stands.
// A reader that never goes past its end does the checking, so each rule is said once.
#include "driver/mongodb/wire.hpp"

#include <cstring>
#include <string>

#include <kinship/error.hpp>

#include "driver/mongodb/crc32c.hpp"

namespace kinship::mongodb {
namespace {

[[noreturn]] void malformed(const std::string& what) {
  throw error(errc::store, "The server sent a message that is none of MongoDB's (" + what +
                               "); check that host and port are a MongoDB server's, and that nothing between alters bytes");
}

template <class T>
T load(const std::uint8_t* at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class T>
void put(std::vector<std::uint8_t>& out, T value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof value);
}

class Reader {
 public:
  Reader(const std::uint8_t* at, const std::uint8_t* end) : at_(at), end_(end) {}

  bool empty() const noexcept { return at_ == end_; }
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  template <class T>
  T take(const char* what) {
    if (left() < sizeof(T)) malformed(std::string("it ends inside ") + what);
    const T value = load<T>(at_);
    at_ += sizeof(T);
    return value;
  }
  bson::DocumentView take_document() {
    const bson::DocumentView view = bson::validate(at_, left(), true);
    at_ += view.size();
    return view;
  }
  std::string_view take_name(const char* what) {
    const void* zero = left() == 0 ? nullptr : std::memchr(at_, 0, left());
    if (zero == nullptr) malformed(std::string("it ends inside ") + what);
    const std::string_view name(reinterpret_cast<const char*>(at_));
    at_ += name.size() + 1;
    return name;
  }
  /// The next `size` bytes as a reader of their own.
  Reader part(std::size_t size) {
    if (size > left()) malformed("a section is longer than the message");
    Reader inner(at_, at_ + size);
    at_ += size;
    return inner;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

void read_sequence(Reader& reader, MessageView& message) {
  const auto size = reader.take<std::int32_t>("a section's length");
  if (size < 4) malformed("a section's length is " + std::to_string(size));
  Reader section = reader.part(static_cast<std::size_t>(size) - 4);
  DocumentSequence sequence;
  sequence.name = section.take_name("a section's name");
  while (!section.empty()) sequence.documents.push_back(section.take_document());
  message.sequences.push_back(std::move(sequence));
}

void read_sections(Reader reader, MessageView& message) {
  bool body = false;
  while (!reader.empty()) {
    const auto kind = reader.take<std::uint8_t>("a section");
    if (kind == 0) {
      if (body) malformed("it has two bodies");
      message.body = reader.take_document();
      body = true;
    } else if (kind == 1) {
      read_sequence(reader, message);
    } else {
      malformed("a section of kind " + std::to_string(kind));
    }
  }
  if (!body) malformed("it has no body");
}

void read_msg(const std::uint8_t* bytes, std::size_t size, MessageView& message) {
  constexpr std::uint32_t required = 0xffff, known = flag_checksum_present | flag_more_to_come;
  Reader reader(bytes + header_size, bytes + size);
  message.flags = reader.take<std::uint32_t>("its flags");
  if ((message.flags & required & ~known) != 0) malformed("flags " + std::to_string(message.flags) + ", not all known");
  std::size_t end = size;
  if ((message.flags & flag_checksum_present) != 0) {
    if (reader.left() < 4) malformed("it ends inside its checksum");
    end -= 4;
    if (load<std::uint32_t>(bytes + end) != crc32c(bytes, end)) malformed("its checksum is wrong: bytes were altered");
  }
  read_sections(Reader(bytes + header_size + 4, bytes + end), message);
}

void read_reply(Reader reader, MessageView& message) {
  message.flags = 0;  // those of OP_REPLY mean other things
  reader.take<std::int32_t>("its flags");
  reader.take<std::int64_t>("its cursor");
  reader.take<std::int32_t>("its offset");
  if (reader.take<std::int32_t>("its count") != 1) malformed("an answer without its one document");
  message.body = reader.take_document();
  if (!reader.empty()) malformed("bytes after its document");
}

void read_query(Reader reader, MessageView& message) {
  reader.take<std::int32_t>("its flags");
  reader.take_name("its collection");
  reader.take<std::int64_t>("its range");
  message.body = reader.take_document();
}

void begin_message(std::vector<std::uint8_t>& out, std::int32_t opcode) {
  out.resize(header_size);
  std::memcpy(out.data() + 12, &opcode, 4);
}

template <class T>
void patch(std::vector<std::uint8_t>& out, std::size_t at, T value) {
  std::memcpy(out.data() + at, &value, sizeof value);
}

void put_document(std::vector<std::uint8_t>& out, bson::DocumentView document) {
  out.insert(out.end(), document.data(), document.data() + document.size());
}

void put_sequence(std::vector<std::uint8_t>& out, const DocumentSequence& sequence) {
  out.push_back(1);
  const std::size_t start = out.size();
  put(out, std::int32_t{0});
  out.insert(out.end(), sequence.name.begin(), sequence.name.end());
  out.push_back(0);
  for (const auto document : sequence.documents) put_document(out, document);
  patch(out, start, static_cast<std::int32_t>(out.size() - start));
}

}  // namespace

MessageHeader read_header(const std::uint8_t* bytes) noexcept {
  return {load<std::int32_t>(bytes), load<std::int32_t>(bytes + 4), load<std::int32_t>(bytes + 8),
          load<std::int32_t>(bytes + 12)};
}

void check_reply_header(const MessageHeader& header, std::size_t largest) {
  constexpr std::int32_t smallest = header_size + 4 + 1 + 5;
  if (header.opcode != op_msg && header.opcode != op_reply) malformed("opcode " + std::to_string(header.opcode));
  if (header.length < smallest || static_cast<std::size_t>(header.length) > largest)
    malformed("a length of " + std::to_string(header.length) + " bytes");
}

MessageView parse_message(const std::uint8_t* bytes, std::size_t size) {
  if (size < header_size) malformed("it ends inside its header");
  MessageView message;
  message.header = read_header(bytes);
  if (message.header.length < 0 || static_cast<std::size_t>(message.header.length) != size)
    malformed("a length of " + std::to_string(message.header.length) + " bytes");
  Reader rest(bytes + header_size, bytes + size);
  if (message.header.opcode == op_msg)
    read_msg(bytes, size, message);
  else if (message.header.opcode == op_reply)
    read_reply(rest, message);
  else if (message.header.opcode == op_query)
    read_query(rest, message);
  else
    malformed("opcode " + std::to_string(message.header.opcode));
  return message;
}

std::vector<std::uint8_t> make_message(std::uint32_t flags, bson::DocumentView command, bson::DocumentView more,
                                       const std::vector<DocumentSequence>& sequences) {
  std::vector<std::uint8_t> out;
  std::size_t room = header_size + 5 + command.size() + more.size();
  for (const auto& sequence : sequences) {
    room += sequence_overhead(sequence.name);
    for (const auto document : sequence.documents) room += document.size();
  }
  out.reserve(room);
  begin_message(out, op_msg);
  put(out, flags);
  out.push_back(0);
  const std::size_t body = out.size();
  out.insert(out.end(), command.data(), command.data() + command.size() - 1);
  out.insert(out.end(), more.data() + 4, more.data() + more.size());
  patch(out, body, static_cast<std::int32_t>(out.size() - body));
  for (const auto& sequence : sequences) put_sequence(out, sequence);
  patch(out, 0, static_cast<std::int32_t>(out.size()));
  return out;
}

std::vector<std::uint8_t> make_query(bson::DocumentView command) {
  constexpr std::string_view collection = "admin.$cmd";
  std::vector<std::uint8_t> out;
  begin_message(out, op_query);
  put(out, std::uint32_t{4});  // a secondary may answer
  out.insert(out.end(), collection.begin(), collection.end());
  out.push_back(0);
  put(out, std::int32_t{0});
  put(out, std::int32_t{-1});
  put_document(out, command);
  patch(out, 0, static_cast<std::int32_t>(out.size()));
  return out;
}

void set_request_id(std::vector<std::uint8_t>& message, std::int32_t id) noexcept {
  std::memcpy(message.data() + 4, &id, 4);
}

std::size_t sequence_overhead(std::string_view name) noexcept { return 1 + 4 + name.size() + 1; }

}  // namespace kinship::mongodb
