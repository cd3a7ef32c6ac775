// One of each shape that .ci/coroutines.sh must find; never compiled into anything.
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

using boost::asio::awaitable;

struct Options {
  std::string order{};
  int limit{};
};

awaitable<int> with_options(Options options);
awaitable<int> with_list(std::vector<std::string> names);
awaitable<std::string> name();
template <class F>
awaitable<int> run(F f) {
  co_return static_cast<int>(f());
}

awaitable<void> braces() { Options o{co_await name(), 1}; }
awaitable<void> aggregate() { co_await with_options(Options{.order = "x", .limit = 3}); }
awaitable<void> list() { co_await with_list({"a", "b"}); }
awaitable<void> lambda(std::string big) {
  co_await run([big] { return big.size(); });
}
awaitable<int> with_text(std::string text);
awaitable<void> conditional(std::string text) { co_await with_text(text.empty() ? "empty " + text : text); }
