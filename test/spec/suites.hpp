// The suites that need no server.
// Each adds its cases to the report.
#pragma once

#include "spec/report.hpp"

namespace kinship::spec {

void bson_corpus(Report& report);
void connection_string(Report& report);
void uri_options(Report& report);
void authentication(Report& report);
void sdam(Report& report);
void sdam_monitoring(Report& report);
void selection(Report& report);
void srv_seedlist(Report& report);
void unified_files(Report& report);

}  // namespace kinship::spec
