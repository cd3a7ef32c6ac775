// Encoding and decoding the document of ten fields, without a store.
#pragma once

namespace bench {

int encode(int n);
int decode(int n);

}  // namespace bench
