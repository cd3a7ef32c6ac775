// The TLS side of moving bytes: what OpenSSL waits for is waited for, then it goes on where it was.
// All of it under the channel's mutex, where alone the TLS stream may be touched.
#include <boost/asio/post.hpp>

#include "driver/mongodb/channel.hpp"

namespace kinship::mongodb {
namespace {

namespace asio = boost::asio;

/// What one turn of the loop decrypts at most.
constexpr std::size_t read_burst = 256 * 1024;

}  // namespace

void Channel::secure(std::shared_ptr<const TlsContext> context, std::string host) {
  const Lock lock(mutex_);
  tls_context_ = std::move(context);
  tls_host_ = std::move(host);
}

void Channel::begin_tls(Lock lock) {
  try {
    tls_ = std::make_unique<TlsStream>(tls_context_, tls_host_, peer_, socket_->native_handle());
  } catch (const error& e) {
    return fail(std::move(lock), e.sentence(), detail::Resume::here);
  }
  resumes_ = tls_->resumes();
  shake_hands(lock);
}

bool Channel::resumes() const {
  const Lock lock(mutex_);
  return resumes_;
}

void Channel::shake_hands(Lock& lock) {
  const TlsStep step = tls_->shake_hands();
  if (step.need == TlsNeed::lost) {
    const std::string reason = tls_->failure();
    return fail(std::move(lock), reason, detail::Resume::here);
  }
  if (step.need != TlsNeed::nothing) return await_socket(step.need);
  state_ = State::idle;
  finish(std::move(lock), nullptr, detail::Resume::here);
}

void Channel::pump_tls_read(Lock& lock, detail::Resume how) {
  for (std::size_t burst = 0; burst < read_burst;) {
    const TlsStep step = tls_->read(assembler_.room(), assembler_.room_size());
    if (step.need == TlsNeed::lost) {
      const std::string reason = tls_->failure();
      return fail(std::move(lock), reason, how);
    }
    if (step.need != TlsNeed::nothing) return await_socket(step.need);
    burst += step.count;
    if (received(lock, step.count, how)) return;
  }
  asio::post(executor_, [self = shared_from_this()] { self->on_tls({}); });
}

void Channel::await_socket(TlsNeed need) {
  const auto what = need == TlsNeed::writable ? asio::socket_base::wait_write : asio::socket_base::wait_read;
  socket_->async_wait(what, [self = shared_from_this()](boost::system::error_code code) { self->on_tls(code); });
}

void Channel::on_tls(boost::system::error_code code) {
  Lock lock(mutex_);
  if (!current_ || !tls_) return;
  if (code) return fail(std::move(lock), "the connection was lost (" + code.message() + ")", detail::Resume::here);
  if (current_->kind_ == ChannelTask::Kind::connect) return shake_hands(lock);
  if (current_->kind_ == ChannelTask::Kind::exchange && written_ < current_->request_.bytes.size())
    return pump_write(lock, detail::Resume::here);
  pump_tls_read(lock, detail::Resume::here);
}

}  // namespace kinship::mongodb
