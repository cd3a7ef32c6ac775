// Names that most headers need: the awaitable every operation returns, and the public types declared ahead.
// Nothing here pulls in a definition, so it is cheap to include anywhere.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace kinship {

/// The one public task type: every operation returns it, and nothing happens until it is awaited.
template <class T>
using awaitable = boost::asio::awaitable<T>;

/// Tag by which `mapping(kinship::of<T>)` is found through argument-dependent lookup.
template <class T>
struct of {};

class Collection;
class Condition;
class Database;
class Driver;
class Id;
class Model;
class ObjectId;
class RelationshipManager;
class Update;
class Uuid;
class Value;
template <class T>
class BelongsTo;
template <class T>
class ManyToMany;
template <class T>
class OneToMany;
template <class T>
class OneToOne;
template <class T>
class Query;
template <class T>
class Rows;

namespace bson {
class Builder;
class Document;
class DocumentView;
class ValueView;
}  // namespace bson

}  // namespace kinship
