// All of Kinship's public names in one include.
// Documents as JSON need <kinship/value/json.hpp> beside it; tests need <kinship/testing.hpp>.
#pragma once

#include <kinship/change_stream.hpp>
#include <kinship/collection.hpp>
#include <kinship/copy_database.hpp>
#include <kinship/database.hpp>
#include <kinship/error.hpp>
#include <kinship/model/define.hpp>
#include <kinship/observe.hpp>
#include <kinship/query/field.hpp>
#include <kinship/query/update.hpp>
