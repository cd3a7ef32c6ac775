// The public side of a channel: what may be asked of it, and what becomes of a step that is given up.
// Moving bytes is in channel_io.cpp.
#include "driver/mongodb/channel.hpp"

#include <sys/socket.h>
#include <boost/asio/error.hpp>

namespace kinship::mongodb {
namespace {

using std::chrono::seconds;

/// How long a connection waits for a reply nobody wants any more before it is closed: a timeout of many requests at once
/// would otherwise pay for as many new connections.
constexpr seconds drain_time(1);

awaitable<void> wait_for(std::shared_ptr<ChannelTask> task) { co_await detail::await_operation(std::move(task)); }

awaitable<Message> reply_of(std::shared_ptr<ChannelTask> task) {
  co_await detail::await_operation(task);
  co_return std::move(task->reply);
}

}  // namespace

Channel::Channel(boost::asio::any_io_executor executor, std::shared_ptr<Deadlines> deadlines, std::string peer)
    : executor_(std::move(executor)), deadlines_(std::move(deadlines)), peer_(std::move(peer)), assembler_(48'000'000) {}

Channel::~Channel() = default;

awaitable<void> Channel::connect(Endpoint endpoint, Deadline deadline) {
  Request request;
  request.operation = "connect";
  request.deadline = deadline;
  auto task = std::make_shared<ChannelTask>(shared_from_this(), ChannelTask::Kind::connect, std::move(request));
  task->endpoint = endpoint;
  return wait_for(std::move(task));
}

std::shared_ptr<ChannelTask> Channel::exchange_task(Request request) {
  return std::make_shared<ChannelTask>(shared_from_this(), ChannelTask::Kind::exchange, std::move(request));
}

awaitable<Message> Channel::exchange(Request request) { return reply_of(exchange_task(std::move(request))); }

awaitable<Message> Channel::receive(std::string operation, Deadline deadline) {
  Request request;
  request.operation = std::move(operation);
  request.deadline = deadline;
  return reply_of(std::make_shared<ChannelTask>(shared_from_this(), ChannelTask::Kind::receive, std::move(request)));
}

void Channel::owner(std::weak_ptr<ChannelOwner> owner) {
  const Lock lock(mutex_);
  owner_ = std::move(owner);
}

std::int32_t Channel::next_id() const {
  const Lock lock(mutex_);
  return last_id_ + 1;
}

Channel::State Channel::state() const {
  const Lock lock(mutex_);
  return state_;
}

bool Channel::peek() {
  const Lock lock(mutex_);
  if (state_ != State::idle || !socket_) return false;
  if (tls_) {
    const TlsNeed need = tls_->peek();
    return need == TlsNeed::readable || (need == TlsNeed::nothing && !unanswered_.empty());
  }
  char byte;
  const auto count = ::recv(socket_->native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
  // Answers to silent requests may lie there; the next read recognises them.
  return count > 0 && !unanswered_.empty();
}

void Channel::shut() {
  Lock lock(mutex_);
  if (state_ == State::draining) {  // whoever lent it out closes it: there is nobody to tell
    deadlines_->unwatch(*current_);
    current_.reset();
  }
  if (!current_) {
    state_ = State::broken;
    close_socket();
    return;
  }
  fail(std::move(lock), "the connection was closed by this client", detail::Resume::posted);
}

void Channel::begin(const std::shared_ptr<ChannelTask>& task) {
  Lock lock(mutex_);
  const bool fresh = task->kind_ == ChannelTask::Kind::connect, stream = task->kind_ == ChannelTask::Kind::receive;
  const bool ready = fresh ? state_ == State::fresh : stream ? state_ == State::busy : state_ == State::idle;
  if (!ready || current_) {
    auto completion = std::move(task->completion_);
    lock.unlock();
    completion->complete(task->failure(errc::unavailable, peer_, "the connection was lost before it was sent", false));
    return;
  }
  current_ = task;
  const Deadline deadline = task->request_.deadline;
  if (deadline <= task->began_) {
    auto failure = task->failure(errc::timeout, peer_, "its deadline had passed before it was sent", false);
    if (!fresh && !stream) {  // nothing was sent: the connection stays as it is
      auto completion = std::move(task->completion_);
      current_.reset();
      lock.unlock();
      return completion->complete(std::move(failure));
    }
    return abandon(std::move(lock), *task, std::move(failure), detail::Resume::posted);
  }
  deadlines_->watch(*task, deadline);
  if (fresh) return start_connecting(*task);
  state_ = State::busy;  // from here to the end of the reply it is good for nothing else
  if (stream) {
    Message message;
    if (assembler_.next(message)) return deliver(std::move(lock), std::move(message), detail::Resume::posted);
    return pump_read(lock, detail::Resume::posted);
  }
  set_request_id(task->request_.bytes, ++last_id_);
  written_ = 0;
  pump_write(lock, detail::Resume::posted);
}

void Channel::cancelled(ChannelTask& task) {
  Lock lock(mutex_);
  const bool sent = task.kind_ == ChannelTask::Kind::exchange && written_ > 0;
  abandon(std::move(lock), task, task.failure(errc::cancelled, peer_, "the operation was cancelled", sent),
          detail::Resume::posted);
}

void Channel::expired(ChannelTask& task) {
  Lock lock(mutex_);
  if (state_ == State::draining && current_.get() == &task) {
    state_ = State::broken;
    return end_drain(std::move(lock), nullptr);
  }
  const char* what = "the reply did not come before the deadline: allow the operation more time, or ask for less";
  if (task.kind_ == ChannelTask::Kind::connect)
    what = tls_ ? "the TLS handshake did not end in time; does the server speak TLS on this port? If not, leave out tls=true"
                : "the server did not answer in time; check host, port and firewall, or raise connectTimeoutMS";
  const bool sent = task.kind_ == ChannelTask::Kind::exchange;
  abandon(std::move(lock), task, task.failure(errc::timeout, peer_, what, sent), detail::Resume::here);
}

// Whoever waits goes on now. The connection is kept for its reply if all of the request is out.
void Channel::abandon(Lock lock, ChannelTask& task, std::exception_ptr failure, detail::Resume how) {
  if (current_.get() != &task || !task.completion_) return;
  const std::shared_ptr<ChannelTask> keep = current_;
  auto completion = std::move(task.completion_);
  deadlines_->unwatch(task);
  if (state_ == State::busy && task.kind_ == ChannelTask::Kind::exchange && written_ == task.request_.bytes.size()) {
    state_ = State::draining;
    deadlines_->watch(task, std::chrono::steady_clock::now() + drain_time);
  } else {
    state_ = State::broken;
    current_.reset();
    close_socket();
  }
  lock.unlock();
  completion->complete(std::move(failure), how);
  deadlines_->rest();
}

void Channel::end_drain(Lock lock, const Message* reply) {
  const std::shared_ptr<ChannelTask> task = std::move(current_);
  current_.reset();
  deadlines_->unwatch(*task);
  if (state_ == State::broken) close_socket();
  const auto owner = owner_.lock();
  lock.unlock();
  if (owner) owner->settled(shared_from_this(), task->request_.opens_cursor ? reply : nullptr);
  deadlines_->rest();
}

void Channel::finish(Lock lock, std::exception_ptr failure, detail::Resume how) {
  const std::shared_ptr<ChannelTask> task = std::move(current_);
  current_.reset();
  deadlines_->unwatch(*task);
  auto completion = std::move(task->completion_);
  lock.unlock();
  if (completion) completion->complete(std::move(failure), how);
  deadlines_->rest();
}

void Channel::fail(Lock lock, const std::string& reason, detail::Resume how) {
  const bool draining = state_ == State::draining;
  state_ = State::broken;
  close_socket();
  if (!current_) return;
  if (draining) return end_drain(std::move(lock), nullptr);
  const bool sent = current_->kind_ == ChannelTask::Kind::exchange && written_ > 0;
  auto failure = current_->failure(errc::unavailable, peer_, reason, sent);
  finish(std::move(lock), std::move(failure), how);
}

}  // namespace kinship::mongodb
