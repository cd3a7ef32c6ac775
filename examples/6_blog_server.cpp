// 6. A blog over HTTP: Boost.Beast in this one file, the models in blog_models, the routes in blog_api.
// usage: 6_blog_server [FILE.db | mongodb://...]   PORT (default 8080, 0: any free one) and the address are printed; SIGTERM
// and SIGINT end it.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <kinship/kinship.hpp>
#include <set>
#include <string>

#include "blog_api.hpp"
#include "blog_models.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t largest_body = 64 * 1024;
constexpr std::size_t most_connections = 1000;
constexpr auto idle = 30s;
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

using HttpResponse = http::response<http::string_body>;

HttpResponse to_http(const blog::Response& answer, unsigned version, bool keep_alive) {
  HttpResponse response;
  response.version(version);
  response.result(static_cast<unsigned>(answer.status));
  response.set(http::field::content_type, answer.type);
  response.set("X-Queries", std::to_string(answer.queries));
  if (!answer.location.empty()) response.set(http::field::location, answer.location);
  response.keep_alive(keep_alive);
  response.body() = answer.body;
  response.prepare_payload();
  return response;
}

// What Beast refused before there was a request: the connection ends after it.
HttpResponse refusal(beast::error_code error) {
  blog::Response answer;
  if (error == http::error::body_limit) {
    answer.status = 413;
    answer.body = "{\"error\": \"a body may have at most 65536 bytes\"}\n";
  } else if (error == http::error::header_limit) {
    answer.status = 431;
    answer.body = "{\"error\": \"the header of this request is too long\"}\n";
  } else {
    answer.status = 400;
    answer.body = "{\"error\": \"this is not HTTP: " + error.message() + "\"}\n";
  }
  return to_http(answer, 11, false);
}

class Server {
 public:
  Server(tcp::acceptor acceptor, kinship::Database db) : acceptor_(std::move(acceptor)), db_(std::move(db)) {}

  // Accepts until stop(), then waits until every request under way has its answer.
  kinship::awaitable<void> run() {
    while (!stopping_) {
      auto accepted = co_await acceptor_.async_accept(no_throw);
      auto& error = std::get<0>(accepted);
      if (error == asio::error::operation_aborted) break;
      if (error) {  // out of descriptors, say: not the end of the server
        asio::steady_timer pause(acceptor_.get_executor(), 20ms);
        co_await pause.async_wait(no_throw);
        continue;
      }
      if (waiting_.size() + busy_ >= most_connections) continue;  // and the socket closes
      asio::co_spawn(acceptor_.get_executor(), session(std::move(std::get<1>(accepted))), asio::detached);
    }
    asio::steady_timer tick(acceptor_.get_executor());
    for (int i = 0; i < 500 && !(waiting_.empty() && busy_ == 0); ++i) {
      tick.expires_after(10ms);
      co_await tick.async_wait(no_throw);
    }
  }

  void stop() {
    stopping_ = true;
    acceptor_.close();
    for (beast::tcp_stream* stream : waiting_) stream->cancel();  // idle between two requests
  }

 private:
  kinship::awaitable<void> session(tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer(largest_body + 16 * 1024);
    bool keep_alive = true;
    while (keep_alive && !stopping_) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(largest_body);
      parser.header_limit(8 * 1024);
      waiting_.insert(&stream);
      stream.expires_after(idle);
      auto read = co_await http::async_read(stream, buffer, parser, no_throw);
      waiting_.erase(&stream);
      auto error = std::get<0>(read);
      bool gone = error == http::error::end_of_stream || error == beast::error::timeout ||
                  (error && error.category() == asio::error::get_system_category());
      if (gone)  // closed, silent too long, or the server stops: nobody waits for an answer
        break;
      ++busy_;
      HttpResponse response;
      if (error) {
        response = refusal(error);
      } else {
        const auto& request = parser.get();
        blog::Request asked;
        asked.method = std::string(request.method_string());
        asked.target = std::string(request.target());
        asked.body = request.body();
        bool wanted = request.keep_alive();
        unsigned version = request.version();
        auto answer = co_await blog::answer(db_, std::move(asked));
        response = to_http(answer, version, wanted && !stopping_);
      }
      keep_alive = response.keep_alive();
      stream.expires_after(idle);
      auto written = co_await http::async_write(stream, response, no_throw);
      --busy_;
      if (std::get<0>(written)) break;
    }
    beast::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  tcp::acceptor acceptor_;
  kinship::Database db_;
  std::set<beast::tcp_stream*> waiting_{};
  std::size_t busy_{};
  bool stopping_{};
};

kinship::awaitable<void> program(std::string store, unsigned short port) {
  auto executor = co_await asio::this_coro::executor;
  if (store.find("://") == std::string::npos) store = "sqlite:" + store;  // a file's name
  auto db = co_await kinship::connect(store);
  co_await blog::prepare(db);
  tcp::acceptor acceptor(executor, tcp::endpoint(asio::ip::address_v4::loopback(), port));
  std::cout << "listening on http://127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;

  Server server(std::move(acceptor), db);
  asio::signal_set signals(executor, SIGINT, SIGTERM);
  signals.async_wait([&server](beast::error_code error, int) {
    if (!error) server.stop();
  });
  co_await server.run();
  co_await db.close();
  std::cout << "closed" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const char* port = std::getenv("PORT");
  int status = 0;
  asio::io_context context(1);
  asio::co_spawn(context,
                 program(argc > 1 ? argv[1] : "blog.db", static_cast<unsigned short>(port ? std::atoi(port) : 8080)),
                 [&status](std::exception_ptr failure) {
                   if (!failure) return;
                   status = 1;
                   try {
                     std::rethrow_exception(failure);
                   } catch (const std::exception& error) {
                     std::cerr << error.what() << '\n';
                   }
                 });
  context.run();
  return status;
}
