// Shapes that are known at compile time, for float and bf16.
#pragma once
#include "shapes.h"

template <class S, int H_, int D_> struct Fixed final : Shape<S> {
  using C = Compute<S>;
  static constexpr int W = kLanes<C> < D_ ? kLanes<C> : D_;
  static constexpr int N = D_ / W;  // vectors a head
  static constexpr int L = kLanes<C> < H_ ? H_ : kLanes<C>;  // whole edges of H values
  static constexpr i64 kRow = H_ * D_ * i64(sizeof(S));
  using V = Vec<C, W>;
  using HV = Vec<C, H_>;  // one value a head
  using LV = Vec<C, L>;
  constexpr Fixed() : Shape<S>(H_, D_) {}

  // A row of the work space, in registers where they hold it.
  struct Own {
    static constexpr bool kHeld = H_ * N <= kTile / 2;
    const C* from;
    V held[kHeld ? H_ * N : 1];
    INLINE explicit Own(const C* own) : from(own) {
#pragma GCC unroll 16
      for (int i = 0; i < H_ * N && kHeld; i++) held[i] = load<W>(own + i * W);
    }
    INLINE V operator[](int i) const { return kHeld ? held[i] : load<W>(from + i * W); }
  };
  static INLINE HV dot(const Own& own, const S* row) {
    V part[H_];
#pragma GCC unroll 8
    for (int h = 0; h < H_; h++) {
      part[h] = own[h * N] * load<W>(row + h * D_);
#pragma GCC unroll 16
      for (int j = 1; j < N; j++) part[h] += own[h * N + j] * load<W>(row + h * D_ + j * W);
    }
    return sum_heads<H_, C, W>(part);
  }

  void dots(const C* own, const S* const* rows, int n, C* s, const Ahead* ahead) const override {
    Own mine(own);
    for (int e = 0; e < n; e++) {
      if (ahead) (*ahead)(e, kRow);
      store<H_>(s + e * H_, dot(mine, rows[e]));
    }
  }

  void weigh(const C* own_a, const C* own_b, const S* const* a, const S* const* b, int n, C* p,
             C* ds, const C* const* stats) const override {
    Own mine_a(own_a), mine_b(own_b);
    for (int e = 0; e < n; e++) {
      store<H_>(p + e * H_, dot(mine_a, a[e]) - load<H_>(stats[e]));
      store<H_>(ds + e * H_, dot(mine_b, b[e]) - load<H_>(stats[e] + H_));
    }
    for (int i = 0; i < n * H_; i += L) {
      LV weight = exp2_lanes<L>(load<L>(p + i));
      store<L>(p + i, weight);
      store<L>(ds + i, load<L>(ds + i) * weight);
    }
  }

  void hand_over(const C* p, const C* ds, int n, C* const* to) const override {
    for (int e = 0; e < n; e++) {
      store<H_>(to[e], load<H_>(p + e * H_));
      store<H_>(to[e] + H_, load<H_>(ds + e * H_));
    }
  }
  void receive(C* p, C* ds, int n, const C* const* from) const override {
    for (int e = 0; e < n; e++) {
      store<H_>(p + e * H_, load<H_>(from[e]));
      store<H_>(ds + e * H_, load<H_>(from[e] + H_));
    }
  }

  void axpy(C* acc, const S* const* rows, int n, const C* w) const override {
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

  // A value a head as lanes of whole edges, and back.
  static INLINE LV repeat(const C* x) {
#ifdef HAS_SHUFFLE
    return shuffle<L>(load<H_>(x), load<H_>(x), [](int i) { return i % H_; });
#else
    LV v;
    for (int i = 0; i < L; i++) v[i] = x[i % H_];
    return v;
#endif
  }
  template <int M, class F> static INLINE HV fold(Vec<C, M> v, F join) {
    if constexpr (M == H_) return v;
    else return fold<M / 2>(join(half<C, M, false>(v), half<C, M, true>(v)), join);
  }
  void max_heads(C* top, C* s, i64 n) const override {
    LV m = repeat(top);
    auto larger = [](auto x, auto y) { return y > x ? y : x; };
    store<L>(s + n * H_, splat<C, L>(-kInf<C>));
    for (i64 i = 0; i < n * H_; i += L) m = larger(m, load<L>(s + i));
    store<H_>(top, fold<L>(m, larger));
  }
  void exponentials(C* s, const C* base, C* total, i64 n) const override {
    LV low = repeat(base), sum{};
    store<L>(s + n * H_, splat<C, L>(-kInf<C>));
    for (i64 i = 0; i < n * H_; i += L) {
      LV weight = exp2_lanes<L>(load<L>(s + i) - low);
      store<L>(s + i, weight);
      sum += weight;
    }
    store<H_>(total, load<H_>(total) + fold<L>(sum, [](auto x, auto y) { return x + y; }));
  }

  void scale(C* acc, const C* factor) const override {
#pragma GCC unroll 16
    for (int i = 0; i < H_ * N; i++)
      store<W>(acc + i * W, load<W>(acc + i * W) * splat<C, W>(factor[i / N]));
  }
  void normalize(const C* top, const C* total, C* factor, C* lse) const override {
    HV t = load<H_>(total), none{};
    HV log_sum = load<H_>(top) * kLn2<C> + log_lanes<H_>(t);
    store<H_>(factor, t == none ? none + C(1) : C(1) / t);
    store<H_>(lse, t == none ? none - kInf<C> : log_sum);
  }

  void gatv2_dots(const C* own, const C* att, C slope, const S* const* rows, int n, C* s,
                  const Ahead& ahead) const override {
    for (int e = 0; e < n; e++) {
      ahead(e, kRow);
      V part[H_];
#pragma GCC unroll 8
      for (int h = 0; h < H_; h++) {
        part[h] = V{};
#pragma GCC unroll 16
        for (int i = h * D_; i < (h + 1) * D_; i += W) {
          V z = load<W>(own + i) + load<W>(rows[e] + i), low = z * slope;
          part[h] += load<W>(att + i) * (z > C(0) ? z : low);
        }
      }
      store<H_>(s + e * H_, sum_heads<H_, C, W>(part));
    }
  }
  void gatv2_grads(const C* own, C slope, const S* row, const C* w, C* sum,
                   C* total) const override {
#pragma GCC unroll 16
    for (int i = 0; i < H_ * D_; i += W) {
      V z = load<W>(own + i) + load<W>(row + i), up = splat<C, W>(w[i / D_]), low = up * slope;
      V g = z > C(0) ? up : low;
      store<W>(sum + i, load<W>(sum + i) + g);
      if (total) store<W>(total + i, load<W>(total + i) + g * z);
    }
  }
};

// Call f with the shape (H, d).
template <class S, class F> int with_shape(i64 H, i64 d, F f) {
  using Any = const Shape<S>&;
#define SHAPE(h, w) \
  if (H == h && d == w) return f(static_cast<Any>(Fixed<S, h, w>()));
#define WIDTHS(h) SHAPE(h, 8) SHAPE(h, 16) SHAPE(h, 32) SHAPE(h, 64)
  if constexpr (!std::is_same_v<S, double>) {
#ifdef PAPERFLOW_FEW_SHAPES  // for builds that run once
    SHAPE(8, 16)
#else
    WIDTHS(1) WIDTHS(2) WIDTHS(4) WIDTHS(8)
#endif
  }
#undef WIDTHS
#undef SHAPE
  return f(static_cast<Any>(Shape<S>(H, d)));
}

// Call f with a value of the stored type: 0 float, 1 double, 2 bf16.
template <class F> int with_dtype(i64 dtype, F f) {
  if (dtype == 0) return f(float{});
  if (dtype == 1) return f(double{});
  return f(bf16{});
}
