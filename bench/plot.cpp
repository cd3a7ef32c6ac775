// Draws the frame, decades as grid lines, the lines with a mark for each point, and the names beside their ends.
#include "plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace bench {

namespace {

constexpr double width = 860, height = 520, left = 90, right = 230, top = 60, bottom = 70;
constexpr const char* colours[] = {"#c0392b", "#2471a3", "#1e8449", "#b9770e"};
constexpr const char* dashes[] = {"", "", "7 4", "2 4"};

/// One axis: decades from `low` to `high`, laid on pixels from `first` to `last`.
struct Axis {
  double low, high, first, last;
  double at(double value) const {
    return first + (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low)) * (last - first);
  }
};

Axis axis_over(double least, double most, double first, double last) {
  Axis axis{std::pow(10, std::floor(std::log10(least))), std::pow(10, std::ceil(std::log10(most))), first, last};
  if (axis.high <= axis.low) axis.high = axis.low * 10;
  return axis;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

}  // namespace

void Plot::add(const std::string& line, double x, double y) {
  auto found = std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) { return l.name == line; });
  if (found == lines_.end()) found = lines_.insert(lines_.end(), Line{line, {}});
  found->points.emplace_back(x, y);
}

void Plot::write(const std::string& path) const {
  double least_x = 1e300, most_x = 0, least_y = 1e300, most_y = 0;
  for (const Line& line : lines_)
    for (auto [x, y] : line.points) {
      least_x = std::min(least_x, x), most_x = std::max(most_x, x);
      least_y = std::min(least_y, y), most_y = std::max(most_y, y);
    }
  if (most_x == 0) return;
  Axis x_axis = axis_over(least_x, most_x, left, width - right);
  Axis y_axis = axis_over(least_y, most_y, height - bottom, top);

  std::ofstream out(path);
  auto text = [&](double x, double y, const std::string& anchor, const std::string& what, const std::string& more = "") {
    out << "<text x=\"" << x << "\" y=\"" << y << "\" text-anchor=\"" << anchor << "\" " << more << ">" << what
        << "</text>\n";
  };
  auto segment = [&](double x1, double y1, double x2, double y2, const char* colour) {
    out << "<line x1=\"" << x1 << "\" y1=\"" << y1 << "\" x2=\"" << x2 << "\" y2=\"" << y2 << "\" stroke=\"" << colour
        << "\"/>\n";
  };
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << width << "\" height=\"" << height
      << "\" font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  text(left, 32, "start", title_, "font-size=\"16\"");
  for (double x = x_axis.low; x <= x_axis.high * 1.001; x *= 10) {
    segment(x_axis.at(x), top, x_axis.at(x), height - bottom, "#dddddd");
    text(x_axis.at(x), height - bottom + 20, "middle", number(x));
  }
  for (double y = y_axis.low; y <= y_axis.high * 1.001; y *= 10) {
    segment(left, y_axis.at(y), width - right, y_axis.at(y), "#dddddd");
    text(left - 8, y_axis.at(y) + 4, "end", number(y));
  }
  text((left + width - right) / 2, height - 22, "middle", x_label_);
  text(left, top - 10, "start", y_label_);

  double label_y = -1e9;  // names are kept apart, from the top down
  std::vector<const Line*> by_end;
  for (const Line& line : lines_) by_end.push_back(&line);
  std::sort(by_end.begin(), by_end.end(),
            [](const Line* a, const Line* b) { return a->points.back().second > b->points.back().second; });
  for (const Line* line : by_end) {
    std::size_t i = static_cast<std::size_t>(line - lines_.data()) % std::size(colours);
    out << "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" << colours[i] << "\" stroke-dasharray=\"" << dashes[i]
        << "\" points=\"";
    for (auto [x, y] : line->points) out << x_axis.at(x) << ',' << y_axis.at(y) << ' ';
    out << "\"/>\n";
    for (auto [x, y] : line->points)
      out << "<circle r=\"3.5\" cx=\"" << x_axis.at(x) << "\" cy=\"" << y_axis.at(y) << "\" fill=\"" << colours[i]
          << "\"/>\n";
    label_y = std::max(label_y + 18, y_axis.at(line->points.back().second) + 4);
    text(x_axis.at(line->points.back().first) + 12, label_y, "start", line->name,
         std::string("fill=\"") + colours[i] + "\"");
  }
  out << "</svg>\n";
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path);
}

}  // namespace bench
