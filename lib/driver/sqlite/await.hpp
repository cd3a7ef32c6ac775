// The one place where a coroutine waits for a job: completion on its own executor, never inline; cancellation through its
// slot. Also safe when the event loop is destroyed first.
#pragma once

#include <memory>

#include <kinship/fwd.hpp>

namespace kinship::sqlite {

class Job;
class Store;

/// Submits the job and waits; throws what it failed with.
awaitable<void> await_job(std::shared_ptr<Store> store, std::shared_ptr<Job> job);
/// The first job of a store.
awaitable<void> await_opening(std::shared_ptr<Store> store, std::shared_ptr<Job> job);
/// The last one.
awaitable<void> await_closing(std::shared_ptr<Store> store, std::shared_ptr<Job> job);

}  // namespace kinship::sqlite
