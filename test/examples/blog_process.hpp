// The blog server as a process, and a small HTTP client for it: plain sockets, so that the tests share nothing with it.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

/// An answer as it came over the wire.
struct HttpAnswer {
  int status{};                                  // 0: the connection ended without an answer
  std::map<std::string, std::string> headers{};  // names in lower case
  std::string body{};

  int queries() const;
};

class HttpConnection {
 public:
  explicit HttpConnection(int port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;

  void send(const std::string& bytes);
  /// Reads one answer; gives up after 20 s.
  HttpAnswer receive();
  HttpAnswer request(const std::string& method, const std::string& target, const std::string& body = {});
  /// The other side closed: nothing more comes.
  bool at_end();

 private:
  int socket_{-1};
  std::string buffer_{};
};

/// Starts the server that BLOG_SERVER names on a file or a database, and ends it with SIGKILL if nobody else did.
class BlogProcess {
 public:
  explicit BlogProcess(const std::string& store);
  ~BlogProcess();
  BlogProcess(const BlogProcess&) = delete;

  int port() const { return port_; }
  /// One request on a connection of its own.
  HttpAnswer request(const std::string& method, const std::string& target, const std::string& body = {}) const;
  void signal(int number) const;
  /// Waits for the end; the exit status, or 128 + signal.
  int wait();
  /// What it printed after the address.
  const std::string& output() const { return output_; }

 private:
  pid_t pid_{-1};
  int out_{-1};
  int port_{};
  std::string output_{};
};

/// A folder of its own below the build directory, emptied on construction and removed at the end.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& name);
  ~ScratchFolder();
  /// A file in it; with KINSHIP_TEST_MONGODB a database of its own on that server.
  std::string store(const std::string& name) const;

 private:
  int number_;
  std::string path_;
};
