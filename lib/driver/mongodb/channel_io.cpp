// Moving bytes. A request is written at once, as far as the socket takes it; handlers hold the channel and its lock.
// Handlers that come after the socket was closed find another state and leave.
#include <netinet/tcp.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>

#include "driver/mongodb/channel.hpp"

namespace kinship::mongodb {
namespace {

namespace asio = boost::asio;

/// What one turn of the loop writes at most: copying more into the kernel would hold the loop up.
constexpr std::size_t write_burst = 512 * 1024;

using KeepIdle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
using KeepInterval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;
using KeepCount = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPCNT>;

// Failing to set one is no reason not to connect.
void tune(asio::generic::stream_protocol::socket& socket, int family) {
  boost::system::error_code ignored;
  if (family != AF_INET && family != AF_INET6) return;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(KeepIdle(120), ignored);
  socket.set_option(KeepInterval(10), ignored);
  socket.set_option(KeepCount(9), ignored);
}

}  // namespace

void Channel::start_connecting(const ChannelTask& task) {
  state_ = State::busy;
  boost::system::error_code code;
  socket_.emplace(executor_);
  socket_->open(task.endpoint.protocol(), code);
  if (!code) socket_->non_blocking(true, code);
  if (!code) tune(*socket_, task.endpoint.protocol().family());
  // Without a socket async_connect reports the error, through the loop as any other.
  socket_->async_connect(task.endpoint,
                         [self = shared_from_this()](boost::system::error_code result) { self->on_connected(result); });
}

void Channel::on_connected(boost::system::error_code code) {
  Lock lock(mutex_);
  if (!current_ || current_->kind_ != ChannelTask::Kind::connect) return;
  if (code)
    return fail(std::move(lock), "no connection (" + code.message() + "); check that a server listens there",
                detail::Resume::here);
  if (tls_context_) return begin_tls(std::move(lock));
  state_ = State::idle;
  finish(std::move(lock), nullptr, detail::Resume::here);
}

void Channel::pump_write(Lock& lock, detail::Resume how) {
  const auto& bytes = current_->request_.bytes;
  std::size_t burst = 0;
  while (written_ < bytes.size() && burst < write_burst) {
    const std::size_t most = std::min(bytes.size() - written_, write_burst - burst);
    std::size_t count = 0;
    if (tls_) {
      const TlsStep step = tls_->write(bytes.data() + written_, most);
      if (step.need == TlsNeed::lost) {
        const std::string reason = tls_->failure();
        return fail(std::move(lock), reason, how);
      }
      if (step.need != TlsNeed::nothing) return await_socket(step.need);
      count = step.count;
    } else {
      boost::system::error_code code;
      count = socket_->write_some(asio::buffer(bytes.data() + written_, most), code);
      if (code == asio::error::would_block || code == asio::error::try_again) break;
      if (code) return fail(std::move(lock), "the connection was lost while sending (" + code.message() + ")", how);
    }
    written_ += count;
    burst += count;
  }
  if (written_ < bytes.size()) {
    socket_->async_wait(asio::socket_base::wait_write,
                        [self = shared_from_this()](boost::system::error_code result) { self->on_writable(result); });
    return;
  }
  if (!current_->request_.silent) return pump_read(lock, how);
  if (unanswered_.size() == 64) unanswered_.erase(unanswered_.begin());
  unanswered_.push_back(last_id_);
  state_ = State::idle;
  finish(std::move(lock), nullptr, how);
}

void Channel::on_writable(boost::system::error_code code) {
  Lock lock(mutex_);
  if (state_ != State::busy || !current_ || current_->kind_ != ChannelTask::Kind::exchange) return;
  if (code)
    return fail(std::move(lock), "the connection was lost while sending (" + code.message() + ")", detail::Resume::here);
  pump_write(lock, detail::Resume::here);
}

void Channel::pump_read(Lock& lock, detail::Resume how) {
  if (tls_) return tls_->has_more() ? pump_tls_read(lock, how) : await_socket(TlsNeed::readable);
  std::uint8_t* room = assembler_.room();
  socket_->async_read_some(
      asio::buffer(room, assembler_.room_size()),
      [self = shared_from_this()](boost::system::error_code code, std::size_t count) { self->on_read(code, count); });
}

void Channel::on_read(boost::system::error_code code, std::size_t count) {
  Lock lock(mutex_);
  if (!current_ || !socket_) return;
  if (code == asio::error::eof)
    return fail(std::move(lock), "the server closed the connection before its reply", detail::Resume::here);
  if (code) return fail(std::move(lock), "the connection was lost (" + code.message() + ")", detail::Resume::here);
  if (!received(lock, count, detail::Resume::here)) pump_read(lock, detail::Resume::here);
}

bool Channel::received(Lock& lock, std::size_t count, detail::Resume how) {
  Message message;
  bool whole = false;
  try {
    assembler_.received(count);
    while ((whole = assembler_.next(message))) {
      const std::int32_t answered = message.view.header.response_to;
      const bool stream = current_->kind_ == ChannelTask::Kind::receive;
      const auto silent = std::find(unanswered_.begin(), unanswered_.end(), answered);
      if (stream || answered == last_id_) break;
      if (silent == unanswered_.end()) {
        std::string sentence = "the server answered request " + std::to_string(answered) + ", which nobody sent";
        fail(std::move(lock), sentence, how);
        return true;
      }
      unanswered_.erase(silent);
    }
  } catch (const error& e) {
    fail(std::move(lock), e.sentence(), how);
    return true;
  }
  if (whole) deliver(std::move(lock), std::move(message), how);
  return whole;
}

void Channel::deliver(Lock lock, Message message, detail::Resume how) {
  const bool more = message.view.more_to_come();
  const bool draining = state_ == State::draining;
  if (!more) {
    state_ = assembler_.started() ? State::broken : State::idle;  // nobody asked for what follows
    unanswered_.clear();                                          // answers come in order
  } else if (draining) {
    state_ = State::broken;
  }
  if (draining) return end_drain(std::move(lock), &message);
  current_->reply = std::move(message);
  finish(std::move(lock), nullptr, how);
}

void Channel::close_socket() noexcept {
  if (!socket_) return;
  boost::system::error_code ignored;
  tls_.reset();
  socket_->close(ignored);
  socket_.reset();
}

}  // namespace kinship::mongodb
