// What the kernels do with a row of H heads of d values. A block is up to kBlock neighbours of
// one row, given by pointers to their rows. Shape works for any H and d; Fixed does the same
// faster for a compiled (H, d). Kernels call either through Shape, so that they are compiled
// once a type: a call serves a whole block and costs next to nothing.
#pragma once
#include "parallel.h"

constexpr int kBlock = 16;
constexpr i64 kWide = 1024;  // bytes of a row from which on half a block is faster
constexpr int kAhead = 16;  // edges between a prefetch and its use

// Prefetches both rows of the neighbour some slots ahead, and its statistics; null: none.
struct Ahead {
  const Csr& g;
  i64 slot;
  const void *a, *b;
  i64 a_bytes, b_bytes;  // between rows
  const void* stats;
  i64 stats_bytes;
  INLINE void operator()(int e, i64 bytes) const {
    i64 j = g.ahead(slot + e, kAhead);
    prefetch_row((const char*)a + j * a_bytes, bytes);
    if (b) prefetch_row((const char*)b + j * b_bytes, bytes);
    if (stats) prefetch_row((const char*)stats + j * stats_bytes, stats_bytes);
  }
};

// total[h] += s[e, h]
template <class C> INLINE void sum_edges(C* total, const C* s, i64 n, i64 H) {
  for (i64 e = 0; e < n; e++)
    for (i64 h = 0; h < H; h++) total[h] += s[e * H + h];
}

template <class S> struct Shape {
  using C = Compute<S>;
  static constexpr int W = kLanes<C>;
  static constexpr int T = kTile / 2;
  using V = Vec<C, W>;
  const i64 H, d;
  constexpr Shape(i64 heads, i64 width) : H(heads), d(width) {}

  // s[e, h] = own[h] · row_e[h]
  virtual void dots(const C* own, const S* const* rows, int n, C* s, const Ahead* ahead) const {
    for (int e = 0; e < n; e++) {
      if (ahead) (*ahead)(e, H * d * i64(sizeof(S)));
      for (i64 h = 0; h < H; h++) s[e * H + h] = dot(own + h * d, rows[e] + h * d);
    }
  }
  INLINE C dot(const C* a, const S* b) const {
    V sum{};
    i64 i = 0;
    for (; i + W <= d; i += W) sum += load<W>(a + i) * load<W>(b + i);
    C rest = 0;
    for (; i < d; i++) rest += a[i] * widen(b[i]);
    return rest + sum_lanes<C, W>(sum);
  }

  // With (l, D) = stats_e: p[e] = 2^(own_a · a_e - l), ds[e] = p[e] (own_b · b_e - D).
  virtual void weigh(const C* own_a, const C* own_b, const S* const* a, const S* const* b, int n,
                     C* p, C* ds, const C* const* stats) const {
    dots(own_a, a, n, p, nullptr);
    dots(own_b, b, n, ds, nullptr);
    for (int e = 0; e < n; e++)
      for (i64 h = 0; h < H; h++) p[e * H + h] -= stats[e][h], ds[e * H + h] -= stats[e][H + h];
    exp2_all(p, n * H);
    for (i64 i = 0; i < n * H; i++) ds[i] *= p[i];
  }

  // Both values of an edge, [2, H] wherever it lies, from p and ds and back.
  virtual void hand_over(const C* p, const C* ds, int n, C* const* to) const {
    for (int e = 0; e < n; e++)
      for (i64 h = 0; h < H; h++) to[e][h] = p[e * H + h], to[e][H + h] = ds[e * H + h];
  }
  virtual void receive(C* p, C* ds, int n, const C* const* from) const {
    for (int e = 0; e < n; e++)
      for (i64 h = 0; h < H; h++) p[e * H + h] = from[e][h], ds[e * H + h] = from[e][H + h];
  }

  // acc[h] += w[e, h] · row_e[h]
  virtual void axpy(C* acc, const S* const* rows, int n, const C* w) const {
    for (i64 h = 0; h < H; h++) {
      i64 at = h * d, end = at + d;
      for (; at + T * W <= end; at += T * W) tile<T>(acc, rows, at, n, w + h);
      for (; at + W <= end; at += W) tile<1>(acc, rows, at, n, w + h);
      for (; at < end; at++)
        for (int e = 0; e < n; e++) acc[at] += w[e * H + h] * widen(rows[e][at]);
    }
  }
  template <int N> INLINE void tile(C* acc, const S* const* rows, i64 at, int n, const C* w) const {
    V a[N];
#pragma GCC unroll 16
    for (int j = 0; j < N; j++) a[j] = load<W>(acc + at + j * W);
    for (int e = 0; e < n; e++) {
      V weight = splat<C, W>(w[e * H]);
#pragma GCC unroll 16
      for (int j = 0; j < N; j++) a[j] += weight * load<W>(rows[e] + at + j * W);
    }
#pragma GCC unroll 16
    for (int j = 0; j < N; j++) store<W>(acc + at + j * W, a[j]);
  }

  // top[h] = max(top[h], s[e, h])
  virtual void max_heads(C* top, C* s, i64 n) const {
    for (i64 e = 0; e < n; e++)
      for (i64 h = 0; h < H; h++) top[h] = s[e * H + h] > top[h] ? s[e * H + h] : top[h];
  }
  // s[e, h] = 2^(s[e, h] - base[h]), and total[h] += s[e, h]
  virtual void exponentials(C* s, const C* base, C* total, i64 n) const {
    for (i64 e = 0; e < n; e++)
      for (i64 h = 0; h < H; h++) s[e * H + h] -= base[h];
    exp2_all(s, n * H);
    sum_edges(total, s, n, H);
  }
  // acc[h] *= factor[h]
  virtual void scale(C* acc, const C* factor) const {
    for (i64 h = 0; h < H; h++)
      for (i64 i = h * d; i < (h + 1) * d; i++) acc[i] *= factor[h];
  }
  // The factor of a row's sum, and its natural log-sum-exp; -inf where nothing was summed.
  virtual void normalize(const C* top, const C* total, C* factor, C* lse) const {
    for (i64 h = 0; h < H; h++) {
      C sum = total[h];
      factor[h] = sum == 0 ? C(1) : C(1) / sum;
      lse[h] = sum == 0 ? -kInf<C> : top[h] * kLn2<C> + std::log(sum);
    }
  }

  // s[e, h] = att[h] · leaky_relu(own[h] + row_e[h])
  virtual void gatv2_dots(const C* own, const C* att, C slope, const S* const* rows, int n, C* s,
                          const Ahead& ahead) const {
    for (int e = 0; e < n; e++) {
      ahead(e, H * d * i64(sizeof(S)));
      for (i64 h = 0; h < H; h++) s[e * H + h] = gatv2_dot(own, att, slope, rows[e], h * d, d);
    }
  }
  static INLINE C gatv2_dot(const C* own, const C* att, C slope, const S* row, i64 i, i64 d) {
    V sum{};
    C rest = 0;
    i64 end = i + d;
    for (; i + W <= end; i += W) {
      auto z = load<W>(own + i) + load<W>(row + i);
      sum += load<W>(att + i) * (z > C(0) ? z : z * slope);
    }
    for (; i < end; i++) {
      C z = own[i] + widen(row[i]);
      rest += att[i] * (z > 0 ? z : z * slope);
    }
    return rest + sum_lanes<C, W>(sum);
  }

  // With z = own + row_e: sum += w · leaky_relu'(z), and total += w · leaky_relu(z) unless null.
  virtual void gatv2_grads(const C* own, C slope, const S* row, const C* w, C* sum,
                           C* total) const {
    for (i64 h = 0; h < H; h++) gatv2_grad(own, slope, row, w[h], sum, total, h * d, d);
  }
  static INLINE void gatv2_grad(const C* own, C slope, const S* row, C w, C* sum, C* total, i64 i,
                                i64 d) {
    i64 end = i + d;
    auto up = splat<C, W>(w), down = splat<C, W>(w * slope);
    for (; i + W <= end; i += W) {
      auto z = load<W>(own + i) + load<W>(row + i);
      auto g = z > C(0) ? up : down;
      store<W>(sum + i, load<W>(sum + i) + g);
      if (total) store<W>(total + i, load<W>(total + i) + g * z);
    }
    for (; i < end; i++) {
      C z = own[i] + widen(row[i]), g = z > 0 ? w : w * slope;
      sum[i] += g;
      if (total) total[i] += g * z;
    }
  }
};

template <class C, class S> INLINE void load_row(C* to, const S* from, i64 n, C scale) {
  constexpr int W = kLanes<C>;
  i64 i = 0;
  for (; i + W <= n; i += W) store<W>(to + i, load<W>(from + i) * scale);
  for (; i < n; i++) to[i] = widen(from[i]) * scale;
}
template <class C, class S> INLINE void store_row(S* to, const C* from, i64 n, C scale) {
  constexpr int W = kLanes<C>;
  i64 i = 0;
  for (; i + W <= n; i += W) store<W>(to + i, load<W>(from + i) * scale);
  for (; i < n; i++) narrow(to + i, from[i] * scale);
}
template <class C> INLINE void fill(C* to, i64 n, C value) {
  for (i64 i = 0; i < n; i++) to[i] = value;
}
