// Lines on logarithmic axes as an SVG file; just what the benches need.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bench {

class Plot {
 public:
  Plot(std::string title, std::string x_label, std::string y_label)
      : title_(std::move(title)), x_label_(std::move(x_label)), y_label_(std::move(y_label)) {}

  /// A point of the line of that name; x and y are above zero.
  void add(const std::string& line, double x, double y);
  void write(const std::string& path) const;

 private:
  struct Line {
    std::string name{};
    std::vector<std::pair<double, double>> points{};
  };
  std::string title_, x_label_, y_label_;
  std::vector<Line> lines_{};
};

}  // namespace bench
