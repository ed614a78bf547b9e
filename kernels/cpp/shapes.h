// What the kernels do with a row of H heads of d values, for compiled and for any shapes.
// A block is up to kBlock neighbours of one row, given by pointers to their rows.
#pragma once
#include "parallel.h"

constexpr int kBlock = 16;
constexpr int kAhead = 8;  // edges between a prefetch and its use

struct NoPrefetch {
  INLINE void operator()(int) const {}
};

template <class S_, int H_, int D_> struct Fixed {
  using S = S_;
  using C = Compute<S>;
  static constexpr int W = kLanes<C> < D_ ? kLanes<C> : D_;
  static constexpr int N = D_ / W;  // vectors a head
  using V = Vec<C, W>;
  using HV = Vec<C, H_>;  // one value a head

  Fixed(i64, i64) {}
  static constexpr i64 heads() { return H_; }
  static constexpr i64 width() { return D_; }
  static constexpr i64 size() { return H_ * D_; }

  // s[e, h] = own[h] · row_e[h]
  template <class P>
  INLINE void dots(const C* own, const S* const* rows, int n, C* s, P prefetch) const {
    for (int e = 0; e < n; e++) {
      prefetch(e);
      const S* row = rows[e];
      V part[H_];
#pragma GCC unroll 8
      for (int h = 0; h < H_; h++) {
        part[h] = load<W>(own + h * D_) * load<W>(row + h * D_);
#pragma GCC unroll 16
        for (int j = 1; j < N; j++)
          part[h] += load<W>(own + h * D_ + j * W) * load<W>(row + h * D_ + j * W);
      }
      sum_heads<H_, C, W>(part, s + e * H_);
    }
  }

  // acc[h] += w[e, h] · row_e[h]
  INLINE void axpy(C* acc, const S* const* rows, int n, const C* w) const {
    constexpr int T = H_ * N < kTile ? H_ * N : kTile;
#pragma GCC unroll 16
    for (int first = 0; first < H_ * N; first += T) {
      V a[T];
#pragma GCC unroll 16
      for (int j = 0; j < T; j++) a[j] = load<W>(acc + (first + j) * W);
      for (int e = 0; e < n; e++) {
        const S* row = rows[e] + first * W;
#pragma GCC unroll 16
        for (int j = 0; j < T; j++)
          a[j] += splat<C, W>(w[e * H_ + (first + j) / N]) * load<W>(row + j * W);
      }
#pragma GCC unroll 16
      for (int j = 0; j < T; j++) store<W>(acc + (first + j) * W, a[j]);
    }
  }

  INLINE void max_heads(C* top, const C* s, i64 n) const {
    HV m = load<H_>(top);
    for (i64 e = 0; e < n; e++) {
      HV x = load<H_>(s + e * H_);
      m = x > m ? x : m;
    }
    store<H_>(top, m);
  }
  INLINE void sum_edges(C* total, const C* s, i64 n) const {
    HV l = load<H_>(total);
    for (i64 e = 0; e < n; e++) l += load<H_>(s + e * H_);
    store<H_>(total, l);
  }
  INLINE void subtract(C* s, const C* m, i64 n) const {
    HV x = load<H_>(m);
    for (i64 e = 0; e < n; e++) store<H_>(s + e * H_, load<H_>(s + e * H_) - x);
  }
};

// Any number of heads and any width: tiles of vectors, then single values.
template <class S_> struct AnyShape {
  using S = S_;
  using C = Compute<S>;
  static constexpr int W = kLanes<C>;
  static constexpr int T = kTile / 2;
  using V = Vec<C, W>;
  i64 H, d;

  AnyShape(i64 heads, i64 width) : H(heads), d(width) {}
  i64 heads() const { return H; }
  i64 width() const { return d; }
  i64 size() const { return H * d; }

  template <class P>
  INLINE void dots(const C* own, const S* const* rows, int n, C* s, P prefetch) const {
    for (int e = 0; e < n; e++) {
      prefetch(e);
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
  template <int N> INLINE void tile(C* acc, const S* const* rows, i64 at, int n, const C* w) const {
    V a[N];
    for (int j = 0; j < N; j++) a[j] = load<W>(acc + at + j * W);
    for (int e = 0; e < n; e++)
      for (int j = 0; j < N; j++) a[j] += splat<C, W>(w[e * H]) * load<W>(rows[e] + at + j * W);
    for (int j = 0; j < N; j++) store<W>(acc + at + j * W, a[j]);
  }
  INLINE void axpy(C* acc, const S* const* rows, int n, const C* w) const {
    for (i64 h = 0; h < H; h++) {
      i64 at = h * d, end = at + d;
      for (; at + T * W <= end; at += T * W) tile<T>(acc, rows, at, n, w + h);
      for (; at + W <= end; at += W) tile<1>(acc, rows, at, n, w + h);
      for (; at < end; at++)
        for (int e = 0; e < n; e++) acc[at] += w[e * H + h] * widen(rows[e][at]);
    }
  }
  INLINE void max_heads(C* top, const C* s, i64 n) const {
    for (i64 e = 0; e < n; e++)
      for (i64 h = 0; h < H; h++) top[h] = s[e * H + h] > top[h] ? s[e * H + h] : top[h];
  }
  INLINE void sum_edges(C* total, const C* s, i64 n) const {
    for (i64 e = 0; e < n; e++)
      for (i64 h = 0; h < H; h++) total[h] += s[e * H + h];
  }
  INLINE void subtract(C* s, const C* m, i64 n) const {
    for (i64 e = 0; e < n; e++)
      for (i64 h = 0; h < H; h++) s[e * H + h] -= m[h];
  }
};

template <class C, class S> INLINE void load_row(C* to, const S* from, i64 n, C scale) {
  for (i64 i = 0; i < n; i++) to[i] = widen(from[i]) * scale;
}
template <class C, class S> INLINE void store_row(S* to, const C* from, i64 n, C scale) {
  for (i64 i = 0; i < n; i++) narrow(to + i, from[i] * scale);
}
template <class C> INLINE void fill(C* to, i64 n, C value) {
  for (i64 i = 0; i < n; i++) to[i] = value;
}

// Call f with the compiled shape for (H, d), or with AnyShape. The less travelled kernels are
// compiled for few shapes, because each costs seconds of every build.
#ifdef PAPERFLOW_FEW_SHAPES  // for builds that run once
constexpr bool kFewest = true;
#else
constexpr bool kFewest = false;
#endif
template <class S, bool kFew, class F> int with_shape(i64 H, i64 d, F f) {
#define SHAPE(h, w) \
  if (H == h && d == w) return f(Fixed<S, h, w>(H, d));
  if constexpr (!std::is_same_v<S, double>) {
    SHAPE(8, 16)
    if constexpr (!kFew && !kFewest) {
      SHAPE(8, 8) SHAPE(8, 32) SHAPE(8, 64) SHAPE(4, 8) SHAPE(4, 16) SHAPE(4, 32) SHAPE(4, 64)
    }
  }
#undef SHAPE
  return f(AnyShape<S>(H, d));
}

// Call f with a value of the stored type: 0 float, 1 double, 2 bf16.
template <class F> int with_dtype(i64 dtype, F f) {
  if (dtype == 0) return f(float{});
  if (dtype == 1) return f(double{});
  return f(bf16{});
}
