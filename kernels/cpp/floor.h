// The gather floor of the benchmarks: the loads and stores of a pass with one add a value.
// For each row: read `own` rows, read a and b of every neighbour, write `outs` rows.
#pragma once
#include "attention.h"

struct FloorArgs {
  Csr g;
  i64 dtype, values;
  const void *a, *b, *own_a, *own_b;  // own_b may be null
  void *out_a, *out_b;                // out_b may be null
};

template <class S> int gather_floor(const FloorArgs& f) {
  using C = Compute<S>;
  const S *a = (const S*)f.a, *b = (const S*)f.b, *own_a = (const S*)f.own_a;
  const S* own_b = (const S*)f.own_b;
  const i64 F = f.values, between = F * i64(sizeof(S));
  const Shape<S> row(1, F);
  return for_rows<C>(f.g, 2 * F + kBlock, 0, 3, [&](i64 i, i64 end, Scratch<C>& w, i64) {
    C *x = w.take(F), *y = w.take(F), *ones = w.take(kBlock);
    fill(ones, kBlock, C(1));
    for (; i < end; i++) {
      load_row(x, own_a + i * F, F, C(1));
      if (own_b) load_row(y, own_b + i * F, F, C(1));
      else fill(y, F, C(0));
      for (i64 t = f.g.ptr[i], stop = f.g.ptr[i + 1]; t < stop; t += kBlock) {
        const S *ra[kBlock], *rb[kBlock];
        Ahead next{f.g, t, a, b, between, between, nullptr, 0};
        int n = stop - t < kBlock ? int(stop - t) : kBlock;
        for (int e = 0; e < n; e++) {
          next(e, between);
          ra[e] = a + f.g.idx[t + e] * F;
          rb[e] = b + f.g.idx[t + e] * F;
        }
        row.axpy(x, ra, n, ones);
        row.axpy(y, rb, n, ones);
      }
      if (f.out_b) store_row((S*)f.out_b + i * F, y, F, C(1));
      for (i64 at = 0; at < F && !f.out_b; at++) x[at] += y[at];
      store_row((S*)f.out_a + i * F, x, F, C(1));
    }
  });
}
