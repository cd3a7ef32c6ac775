// This executable again, as a child that can be killed: it is told what to do by an environment variable, and reports
// through a pipe.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace kinship::test {

class Child {
 public:
  /// The child finds "FD|arguments" in the variable; FD is where it reports.
  Child(const char* variable, const std::string& arguments) {
    int ends[2];
    if (pipe(ends) != 0) return;
    const std::string text = std::to_string(ends[1]) + "|" + arguments;
    pid_ = fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      setenv(variable, text.c_str(), 1);
      execl("/proc/self/exe", "child", static_cast<char*>(nullptr));
      _exit(5);
    }
    ::close(ends[1]);
    reports_ = ends[0];
  }
  ~Child() {
    if (pid_ > 0) kill();
    if (reports_ >= 0) ::close(reports_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The next report, also of those that a killed child had sent; false: there is no more.
  template <class Report>
  bool next(Report& report) {
    return read(reports_, &report, sizeof report) == sizeof report;
  }
  /// kill -9; true: that is what ended it.
  bool kill() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFSIGNALED(status);
  }

 private:
  pid_t pid_{-1};
  int reports_{-1};
};

/// In the child: what `Child` was given, and where to report. False: this is not such a child.
inline bool told(const char* variable, int& reports, std::string& arguments) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return false;
  reports = std::atoi(text);
  arguments = text;
  arguments.erase(0, arguments.find('|') + 1);
  return true;
}

}  // namespace kinship::test
