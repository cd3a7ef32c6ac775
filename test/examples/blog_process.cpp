// Sockets and processes for the tests of the blog server.
#include "blog_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "support/loopback.hpp"
#include "support/mongodb_uri.hpp"

extern char** environ;

int HttpAnswer::queries() const {
  auto at = headers.find("x-queries");
  return at == headers.end() ? -1 : std::atoi(at->second.c_str());
}

HttpConnection::HttpConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  timeval limit{};
  limit.tv_sec = 20;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (!kinship::test::connect_to_loopback(socket_, port)) throw std::runtime_error("cannot connect to the server");
}

HttpConnection::~HttpConnection() { ::close(socket_); }

void HttpConnection::send(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    ssize_t n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;  // refused half way: the answer says why
    sent += static_cast<std::size_t>(n);
  }
}

HttpAnswer HttpConnection::receive() {
  auto more = [this] {
    char bytes[16384];
    ssize_t n = ::recv(socket_, bytes, sizeof bytes, 0);
    if (n > 0) buffer_.append(bytes, static_cast<std::size_t>(n));
    return n > 0;
  };
  HttpAnswer answer;
  std::size_t head;
  while ((head = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!more()) return answer;
  answer.status = std::atoi(buffer_.c_str() + 9);
  for (std::size_t at = buffer_.find("\r\n") + 2; at < head;) {
    std::size_t end = buffer_.find("\r\n", at);
    std::size_t colon = buffer_.find(':', at);
    std::string name = buffer_.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers[name] = buffer_.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  std::size_t length = std::strtoul(answer.headers["content-length"].c_str(), nullptr, 10);
  while (buffer_.size() < head + 4 + length)
    if (!more()) return HttpAnswer();
  answer.body = buffer_.substr(head + 4, length);
  buffer_.erase(0, head + 4 + length);
  return answer;
}

HttpAnswer HttpConnection::request(const std::string& method, const std::string& target, const std::string& body) {
  send(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
       "\r\n\r\n" + body);
  return receive();
}

bool HttpConnection::at_end() {
  char byte;
  return buffer_.empty() && ::recv(socket_, &byte, 1, 0) == 0;
}

BlogProcess::BlogProcess(const std::string& store) {
  const char* program = std::getenv("BLOG_SERVER");
  if (!program) throw std::runtime_error("BLOG_SERVER does not name the server");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  std::vector<char*> arguments{const_cast<char*>(program), const_cast<char*>(store.c_str()), nullptr};
  ::setenv("PORT", "0", 1);
  int failure = ::posix_spawn(&pid_, program, &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  out_ = ends[0];
  if (failure != 0) throw std::runtime_error("cannot start the server");
  std::string line;
  for (char c; ::read(out_, &c, 1) == 1 && c != '\n';) line += c;
  port_ = std::atoi(line.substr(line.rfind(':') + 1).c_str());
  if (port_ == 0) throw std::runtime_error("the server did not say its address: " + line);
}

BlogProcess::~BlogProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(out_);
}

HttpAnswer BlogProcess::request(const std::string& method, const std::string& target, const std::string& body) const {
  HttpConnection connection(port_);
  return connection.request(method, target, body);
}

void BlogProcess::signal(int number) const { ::kill(pid_, number); }

int BlogProcess::wait() {
  char bytes[4096];
  for (ssize_t n; (n = ::read(out_, bytes, sizeof bytes)) > 0;) output_.append(bytes, static_cast<std::size_t>(n));
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int folders = 0;  // made so far

ScratchFolder::ScratchFolder(const std::string& name)
    : number_(++folders),
      path_((std::filesystem::temp_directory_path() / ("kinship-" + name + "-" + std::to_string(::getpid()))).string()) {
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
}

std::string ScratchFolder::store(const std::string& name) const {
  const char* mongodb = kinship::test::mongodb_server();
  if (mongodb == nullptr) return path_ + "/" + name + ".db";
  static const auto started = std::chrono::system_clock::now().time_since_epoch().count();
  return kinship::test::with_database(mongodb, name + "_" + std::to_string(started) + "_" + std::to_string(number_));
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}
