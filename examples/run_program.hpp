// What every example ends in: one event loop, run until the program is through; an error is printed and becomes exit
// status 1. The store is "sqlite::memory:", or the one the command line names: the same program runs on either.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <iostream>
#include <kinship/fwd.hpp>
#include <string>
#include <utility>

inline std::string store_named(int argc, char** argv) { return argc > 1 ? argv[1] : "sqlite::memory:"; }

inline int run_program(kinship::awaitable<void> program) {
  boost::asio::io_context context;
  int status = 0;
  boost::asio::co_spawn(context, std::move(program), [&status](std::exception_ptr failure) {
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
