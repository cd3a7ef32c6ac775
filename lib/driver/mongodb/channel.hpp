// One connection as a transport: a request goes out, its reply comes back, one at a time. Every step has a deadline and can
// be cancelled promptly: the awaiter leaves at once, and the connection waits a second for the reply before it is given up.
// Thread-safe: sockets are touched under the channel's mutex only, completions are called without it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "driver/mongodb/channel_task.hpp"
#include "driver/mongodb/message.hpp"
#include "driver/mongodb/tls_stream.hpp"

namespace kinship::mongodb {

class Channel;

/// Whoever lends channels out hears when one that was busy behind a cancelled request is free or lost.
class ChannelOwner {
 public:
  virtual ~ChannelOwner() = default;
  /// `reply`: what still came, for requests that open a cursor; null: nothing did. Called without a lock.
  virtual void settled(const std::shared_ptr<Channel>& channel, const Message* reply) = 0;
};

class Channel final : public std::enable_shared_from_this<Channel> {
 public:
  /// `idle`: ready for another request, the last one's reply is here, whole. `draining`: still waiting for the reply of a
  /// request that was given up.
  enum class State : std::uint8_t { fresh, idle, busy, draining, broken };

  Channel(boost::asio::any_io_executor executor, std::shared_ptr<Deadlines> deadlines, std::string peer);
  ~Channel();

  /// Before connect(): speak TLS, to a server whose certificate is for `host`.
  void secure(std::shared_ptr<const TlsContext> context, std::string host);
  /// Includes the TLS handshake.
  awaitable<void> connect(Endpoint endpoint, Deadline deadline);
  /// Whether its TLS handshake took up, or tried to take up, an earlier session with the server.
  bool resumes() const;
  /// Sends and waits for the reply; a `silent` request has none, and the message is empty.
  awaitable<Message> exchange(Request request);
  /// The same for who awaits it himself and takes the reply out of it: one frame less.
  std::shared_ptr<ChannelTask> exchange_task(Request request);
  /// The next message of a stream the last reply announced (`more_to_come`).
  awaitable<Message> receive(std::string operation, Deadline deadline);

  void owner(std::weak_ptr<ChannelOwner> owner);
  /// The id the next request will carry.
  std::int32_t next_id() const;
  State state() const;
  /// Of an idle one: whether the other side has closed it or sent what nobody asked for. Does not wait.
  bool peek();
  /// Closes it now; what waits ends with `unavailable`. `gone`: the event loop is being destroyed.
  void shut();
  const std::string& peer() const noexcept { return peer_; }

 private:
  friend class ChannelTask;
  using Lock = std::unique_lock<std::mutex>;

  // Of tasks.
  void begin(const std::shared_ptr<ChannelTask>& task);
  void cancelled(ChannelTask& task);
  void expired(ChannelTask& task);

  // With the lock.
  void start_connecting(const ChannelTask& task);
  void pump_write(Lock& lock, detail::Resume how);
  void pump_read(Lock& lock, detail::Resume how);
  void pump_tls_read(Lock& lock, detail::Resume how);
  void shake_hands(Lock& lock);
  void await_socket(TlsNeed need);
  /// Whether that ended the step, and the lock.
  bool received(Lock& lock, std::size_t count, detail::Resume how);
  void close_socket() noexcept;

  // These let go of the lock before they call anybody.
  void on_connected(boost::system::error_code code);
  void on_writable(boost::system::error_code code);
  void on_read(boost::system::error_code code, std::size_t count);
  void on_tls(boost::system::error_code code);
  void begin_tls(Lock lock);
  void deliver(Lock lock, Message message, detail::Resume how);
  void finish(Lock lock, std::exception_ptr failure, detail::Resume how);
  void fail(Lock lock, const std::string& reason, detail::Resume how);
  void abandon(Lock lock, ChannelTask& task, std::exception_ptr failure, detail::Resume how);
  void end_drain(Lock lock, const Message* reply);

  const boost::asio::any_io_executor executor_;
  const std::shared_ptr<Deadlines> deadlines_;
  const std::string peer_;

  mutable std::mutex mutex_;
  std::optional<boost::asio::generic::stream_protocol::socket> socket_;
  std::shared_ptr<const TlsContext> tls_context_;
  std::string tls_host_;
  std::unique_ptr<TlsStream> tls_;  // goes before its socket
  bool resumes_{};
  State state_{State::fresh};
  std::shared_ptr<ChannelTask> current_;
  std::size_t written_{};
  std::int32_t last_id_{};
  std::vector<std::int32_t> unanswered_;  // silent requests: some servers answer them all the same
  MessageAssembler assembler_;
  std::weak_ptr<ChannelOwner> owner_;
};

}  // namespace kinship::mongodb
