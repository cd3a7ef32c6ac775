// Documents become objects: decoded by the model's row operations, then bound to their cohort.
// A large result yields to the event loop on the way.
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "relationship/manager_access.hpp"

namespace kinship::detail {

namespace asio = boost::asio;

void bind_members(void* object, const ModelInfo& model, const std::shared_ptr<Cohort>& cohort, std::uint32_t ordinal) {
  for (const auto& relationship : model.relationships)
    ManagerAccess::bind(*model.manager(object, *relationship), cohort, ordinal, *relationship);
}

Decoded make_block(std::shared_ptr<Cohort> cohort) {
  Decoded decoded;
  decoded.block = cohort->model().ops.make(cohort->size());
  decoded.data = static_cast<char*>(cohort->model().ops.first(decoded.block.get()));
  decoded.cohort = std::move(cohort);
  return decoded;
}

void decode_some(const Decoded& decoded, std::size_t from, std::size_t to) {
  const ModelInfo& model = decoded.cohort->model();
  char* object = decoded.data + from * model.ops.size;
  for (std::size_t i = from; i < to; ++i, object += model.ops.size) {
    model.ops.decode(decoded.cohort->document(static_cast<std::uint32_t>(i)), object, model);
    bind_members(object, model, decoded.cohort, static_cast<std::uint32_t>(i));
  }
}

static awaitable<void> decode_all_of(Decoded decoded) {
  constexpr std::size_t between_yields = 500;
  const std::size_t count = decoded.cohort->size();
  for (std::size_t from = 0; from < count; from += between_yields) {
    if (from != 0) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    decode_some(decoded, from, std::min(count, from + between_yields));
  }
}
awaitable<void> decode_all(Decoded decoded) { return decode_all_of(std::move(decoded)); }

}  // namespace kinship::detail
