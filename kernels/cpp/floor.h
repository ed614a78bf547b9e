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
  constexpr int W = kLanes<C>;
  const S *a = (const S*)f.a, *b = (const S*)f.b, *own_a = (const S*)f.own_a;
  const S* own_b = (const S*)f.own_b;
  const i64 F = f.values, bytes = F * i64(sizeof(S));
  return for_rows<C>(f.g, 2 * F, 0, 2, [&](i64 i, i64 end, Scratch<C>& w, i64) {
    C *x = w.take(F), *y = w.take(F);
    for (; i < end; i++) {
      load_row(x, own_a + i * F, F, C(1));
      if (own_b) load_row(y, own_b + i * F, F, C(1));
      else fill(y, F, C(0));
      for (i64 t = f.g.ptr[i]; t < f.g.ptr[i + 1]; t++) {
        Ahead<S>{f.g, t, a, b, F, F, bytes, nullptr, 0}(0);
        const S *ra = a + f.g.idx[t] * F, *rb = b + f.g.idx[t] * F;
        for (i64 at = 0; at + W <= F; at += W) {
          store<W>(x + at, load<W>(x + at) + load<W>(ra + at));
          store<W>(y + at, load<W>(y + at) + load<W>(rb + at));
        }
      }
      if (f.out_b) {
        store_row((S*)f.out_a + i * F, x, F, C(1));
        store_row((S*)f.out_b + i * F, y, F, C(1));
      } else {
        for (i64 at = 0; at < F; at++) x[at] += y[at];
        store_row((S*)f.out_a + i * F, x, F, C(1));
      }
    }
  });
}
