// One step of a channel that somebody awaits: connecting, a request with its reply, the next message of a stream.
// Its fields belong to the channel while it runs, and to the awaiter before and after.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>
#include <string>
#include <vector>

#include <kinship/error.hpp>

#include "driver/completion.hpp"
#include "driver/mongodb/deadlines.hpp"
#include "driver/mongodb/message.hpp"

namespace kinship::mongodb {

using Endpoint = boost::asio::generic::stream_protocol::endpoint;

class Channel;

/// What a channel sends.
struct Request {
  std::vector<std::uint8_t> bytes{};  // a whole message; its id is set when it is sent
  std::string operation{};            // for texts: "find"
  Deadline deadline{no_deadline};
  bool writes{};        // once sent and not answered, its outcome is unknown
  bool silent{};        // the server does not answer
  bool opens_cursor{};  // a reply nobody waits for any more may hold a cursor to be ended
};

/// The connection failed, not the command: `unavailable`, or `timeout` when the clock ended it.
class NetworkError : public error {
 public:
  using error::error;
};

class ChannelTask final : public detail::LoopOperation, public Timed {
 public:
  enum class Kind : std::uint8_t { connect, exchange, receive };

  ChannelTask(const std::shared_ptr<Channel>& channel, Kind kind, Request request);

  void start(std::unique_ptr<detail::Completion> completion) override;
  void cancel() override;
  void expired() override;

  Message reply{};
  Endpoint endpoint{};  // connect

 private:
  friend class Channel;
  /// "find on 127.0.0.1:27017 after 12 ms: what"
  std::exception_ptr failure(errc code, const std::string& peer, const std::string& what, bool sent) const;

  const std::weak_ptr<Channel> channel_;  // whoever awaits holds it
  const Kind kind_;
  Request request_;
  Deadline began_{};
  std::unique_ptr<detail::Completion> completion_{};  // guarded by the channel's mutex
};

}  // namespace kinship::mongodb
