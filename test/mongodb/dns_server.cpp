// Blocking sockets on one thread; a pipe says stop.
// Names are written without compression, unless a test brings its own bytes.
#include "mongodb/dns_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <stdexcept>

#include "support/loopback.hpp"

namespace kinship::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

void put16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

Bytes encoded(const std::string& name) {
  Bytes out;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    out.push_back(static_cast<std::uint8_t>(dot - at));
    out.insert(out.end(), name.begin() + static_cast<std::ptrdiff_t>(at), name.begin() + static_cast<std::ptrdiff_t>(dot));
    at = dot + 1;
  }
  out.push_back(0);
  return out;
}

DnsQuery read_query(Bytes bytes, bool tcp) {
  DnsQuery query;
  query.tcp = tcp;
  std::size_t at = 12;
  while (at < bytes.size() && bytes[at] != 0) {
    if (!query.name.empty()) query.name += '.';
    query.name.append(reinterpret_cast<const char*>(&bytes[at + 1]), bytes[at]);
    at += bytes[at] + 1u;
  }
  query.type = bytes.at(at + 1) << 8 | bytes.at(at + 2);
  bytes.resize(at + 5);
  query.bytes = std::move(bytes);
  return query;
}

bool read_all(int socket, std::uint8_t* to, std::size_t size) {
  for (std::size_t have = 0; have < size;) {
    const ssize_t n = ::recv(socket, to + have, size - have, 0);
    if (n <= 0) return false;
    have += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

DnsServer::DnsServer(Script script) : script_(std::move(script)) {
  for (int tries = 0; tries < 50 && port_ == 0; ++tries) {
    udp_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    tcp_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int port = bind_to_loopback(udp_);
    const bool both = try_bind_to_loopback(tcp_, port) == port && ::listen(tcp_, 8) == 0;
    if (both) port_ = port;
    if (both) break;
    ::close(udp_);
    ::close(tcp_);
  }
  if (port_ == 0 || ::pipe(stop_) != 0) throw std::runtime_error("no port for a DNS server");
  thread_ = std::thread([this] { serve(); });
}

DnsServer::~DnsServer() {
  [[maybe_unused]] const auto written = ::write(stop_[1], "x", 1);
  thread_.join();
  for (const int descriptor : {udp_, tcp_, stop_[0], stop_[1]}) ::close(descriptor);
}

void DnsServer::serve() {
  for (;;) {
    pollfd ready[3] = {{udp_, POLLIN, 0}, {tcp_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    ::poll(ready, 3, -1);
    if (ready[2].revents != 0) return;
    if (ready[0].revents != 0) answer_udp();
    if (ready[1].revents != 0) answer_tcp();
  }
}

void DnsServer::answer_udp() {
  Bytes bytes(4096);
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const ssize_t n = ::recvfrom(udp_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  if (n < 17) return;
  bytes.resize(static_cast<std::size_t>(n));
  ++questions_;
  for (const Bytes& reply : script_(read_query(std::move(bytes), false)))
    ::sendto(udp_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
}

void DnsServer::answer_tcp() {
  const int socket = ::accept(tcp_, nullptr, nullptr);
  timeval limit{};
  limit.tv_sec = 5;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::uint8_t head[2];
  while (read_all(socket, head, 2)) {
    Bytes bytes(static_cast<std::size_t>(head[0]) << 8 | head[1]);
    if (!read_all(socket, bytes.data(), bytes.size())) break;
    ++questions_;
    const auto replies = script_(read_query(std::move(bytes), true));
    for (const Bytes& reply : replies) {
      Bytes framed;
      put16(framed, static_cast<std::uint32_t>(reply.size()));
      framed.insert(framed.end(), reply.begin(), reply.end());
      ::send(socket, framed.data(), framed.size(), MSG_NOSIGNAL);
    }
    if (replies.empty()) break;
  }
  ::close(socket);
}

DnsReply::DnsReply(const DnsQuery& query) : bytes_(query.bytes) {
  bytes_[2] = 0x81;  // a reply, as recursion was asked for
  bytes_[3] = 0x80;
  for (std::size_t i = 6; i < 12; ++i) bytes_[i] = 0;
}

void DnsReply::record(int type, std::uint32_t time_to_live, const Bytes& data) {
  put16(bytes_, 0xc00c);  // the name of the question
  put16(bytes_, static_cast<std::uint32_t>(type));
  put16(bytes_, 1);
  put16(bytes_, time_to_live >> 16);
  put16(bytes_, time_to_live & 0xffff);
  put16(bytes_, static_cast<std::uint32_t>(data.size()));
  bytes_.insert(bytes_.end(), data.begin(), data.end());
  ++bytes_[7];
}

DnsReply& DnsReply::srv(const std::string& target, int port, std::uint32_t time_to_live) {
  Bytes data;
  for (const int part : {0, 0, port}) put16(data, static_cast<std::uint32_t>(part));
  const Bytes name = encoded(target);
  data.insert(data.end(), name.begin(), name.end());
  record(33, time_to_live, data);
  return *this;
}

DnsReply& DnsReply::raw_srv(const Bytes& target, int port) {
  Bytes data;
  for (const int part : {0, 0, port}) put16(data, static_cast<std::uint32_t>(part));
  data.insert(data.end(), target.begin(), target.end());
  record(33, 300, data);
  return *this;
}

DnsReply& DnsReply::txt(const std::vector<std::string>& strings) {
  Bytes data;
  for (const std::string& text : strings) {
    data.push_back(static_cast<std::uint8_t>(text.size()));
    data.insert(data.end(), text.begin(), text.end());
  }
  record(16, 300, data);
  return *this;
}

DnsReply& DnsReply::code(int code) {
  bytes_[3] = static_cast<std::uint8_t>((bytes_[3] & 0xf0) | code);
  return *this;
}

DnsReply& DnsReply::truncated() {
  bytes_[2] |= 0x02;
  return *this;
}

}  // namespace kinship::test
