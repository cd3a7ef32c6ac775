// The session pool of the specification "Driver Sessions".
// A deployment without sessions has no timeout, and none of its sessions is ever sent: they are kept all the same.
#include "driver/mongodb/session_pool.hpp"

#include <openssl/rand.h>

#include <algorithm>

#include "driver/mongodb/refuse.hpp"

namespace kinship::mongodb {
namespace {

constexpr std::size_t sessions_a_command = 10'000;
constexpr std::uint8_t uuid_subtype = 4;

bool expiring(const ServerSession& session, Clock::time_point now, std::optional<int> timeout_minutes) {
  return timeout_minutes && now - session.last_use > std::chrono::minutes(*timeout_minutes - 1);
}

}  // namespace

ServerSession ServerSession::make(Clock::time_point now) {
  ServerSession session;
  if (RAND_bytes(session.id.data(), static_cast<int>(session.id.size())) != 1)
    refuse(errc::unavailable, "OpenSSL has no random numbers for a session id; try again when the system has gathered some",
           "");
  session.id[6] = static_cast<std::uint8_t>((session.id[6] & 0x0f) | 0x40);
  session.id[8] = static_cast<std::uint8_t>((session.id[8] & 0x3f) | 0x80);
  session.last_use = now;
  return session;
}

void ServerSession::append_to(bson::Builder& command) const {
  // {id: UUID}, laid out here: every command has one.
  std::array<std::uint8_t, 30> lsid{30, 0, 0, 0, 5, 'i', 'd', 0, 16, 0, 0, 0, uuid_subtype};
  std::copy(id.begin(), id.end(), lsid.begin() + 13);
  command.append("lsid", bson::ValueView(bson::Type::document, lsid.data(), lsid.size()));
}

ServerSession ServerSessionPool::acquire(Clock::time_point now, std::optional<int> timeout_minutes) {
  {
    const std::lock_guard lock(mutex_);
    while (!sessions_.empty()) {
      ServerSession session = sessions_.back();
      sessions_.pop_back();
      if (expiring(session, now, timeout_minutes)) continue;
      session.last_use = now;
      return session;
    }
  }
  return ServerSession::make(now);
}

void ServerSessionPool::release(ServerSession session, Clock::time_point now, std::optional<int> timeout_minutes) {
  const std::lock_guard lock(mutex_);
  // Those at the front were not used for longest: one look at the first is enough where none is old.
  const auto alive = std::find_if_not(sessions_.begin(), sessions_.end(),
                                      [&](const ServerSession& old) { return expiring(old, now, timeout_minutes); });
  sessions_.erase(sessions_.begin(), alive);
  if (session.dirty || expiring(session, now, timeout_minutes)) return;
  sessions_.push_back(session);
}

std::vector<bson::Document> ServerSessionPool::end_commands() {
  std::vector<ServerSession> sessions;
  {
    const std::lock_guard lock(mutex_);
    sessions.swap(sessions_);
  }
  std::vector<bson::Document> commands;
  for (std::size_t first = 0; first < sessions.size(); first += sessions_a_command) {
    bson::Builder out;
    out.begin_array("endSessions");
    for (std::size_t i = first; i < std::min(sessions.size(), first + sessions_a_command); ++i) {
      const auto& id = sessions[i].id;
      out.begin_document("").append_binary("id", uuid_subtype, {reinterpret_cast<const char*>(id.data()), id.size()}).end();
    }
    commands.push_back(out.end().finish());
  }
  return commands;
}

std::size_t ServerSessionPool::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace kinship::mongodb
