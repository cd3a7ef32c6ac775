// The same work in shapes that g++ 12 gets right; .ci/coroutines.sh must stay silent.
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

using boost::asio::awaitable;

struct Options {
  std::string order{};
  int limit{};
};

awaitable<int> with_options(Options options);
awaitable<std::string> name();
template <class F>
awaitable<int> run(F f) {
  co_return static_cast<int>(f());
}

awaitable<void> named() {
  std::string order = co_await name();
  Options o{order, 1};
  co_await with_options(o);
  auto work = [order] { return order.size(); };
  co_await run(work);
}
awaitable<int> with_text(std::string text);
awaitable<void> conditional(std::string one, std::string other) { co_await with_text(one.empty() ? other : one); }
