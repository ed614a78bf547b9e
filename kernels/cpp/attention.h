// Scaled dot-product attention without extras. Logits are in base 2: own rows are multiplied by
// scale · log2(e) once. Only the log-sum-exp is kept; backward computes the weights again.
#pragma once
#include "shapes.h"

struct AttentionArgs {  // the same order stands in graph_attention/native.py
  Csr g;
  i64 dtype, heads, width;
  const void *q, *k, *v;
  i64 q_stride, k_stride, v_stride;  // values between rows; the others are contiguous
  void* out;
  void* lse;                 // [Nd, H], natural, of the compute type
  const void *grad, *stats;  // [Nd, H, d]; [Nd, 2, H]: base-2 log-sum-exp, D
  void *dq, *dk, *dv;
  double scale;
};

template <class R> struct Block {
  using S = typename R::S;
  const S* a[kBlock];
  const S* b[kBlock];
};

// Prefetch both rows of the neighbour some slots ahead, and its statistics where there are any.
template <class S> struct Ahead {
  const Csr& g;
  i64 slot;
  const S *a, *b;
  i64 a_stride, b_stride, bytes;
  const char* stats;
  i64 stats_bytes;
  INLINE void operator()(int e) const {
    i64 j = g.ahead(slot + e, kAhead);
    prefetch_row(a + j * a_stride, bytes);
    prefetch_row(b + j * b_stride, bytes);
    if (stats) prefetch_row(stats + j * stats_bytes, stats_bytes);
  }
};

template <class R> struct Attention {
  using S = typename R::S;
  using C = typename R::C;
  const R r;
  const AttentionArgs& a;
  const S *q = (const S*)a.q, *k = (const S*)a.k, *v = (const S*)a.v, *grad = (const S*)a.grad;
  const i64 F = r.size(), H = r.heads();
  const C scale = C(a.scale);

  INLINE int gather(Block<R>& block, i64 t, i64 end, const S* x, i64 xs, const S* y, i64 ys) const {
    int n = end - t < kBlock ? int(end - t) : kBlock;
    for (int e = 0; e < n; e++) {
      i64 j = a.g.idx[t + e];
      block.a[e] = x + j * xs;
      block.b[e] = y + j * ys;
    }
    return n;
  }

  // Online softmax: raise the maximum, shrink what was summed so far, weigh the block.
  INLINE void weigh(C* s, int n, C* top, C* total, C* acc, C* shrink) const {
    for (i64 h = 0; h < H; h++) shrink[h] = top[h];
    r.max_heads(top, s, n);
    bool same = true;
    for (i64 h = 0; h < H; h++) same &= shrink[h] == top[h];
    for (i64 h = 0; h < H; h++) shrink[h] -= top[h] == -kInf<C> ? C(0) : top[h];
    if (!same) {
      exp2_all(shrink, H);
      for (i64 h = 0; h < H; h++) {
        total[h] *= shrink[h];
        for (i64 i = 0; i < r.width(); i++) acc[h * r.width() + i] *= shrink[h];
      }
    }
    for (i64 h = 0; h < H; h++) shrink[h] = top[h] == -kInf<C> ? C(0) : top[h];
    r.subtract(s, shrink, n);
    exp2_all(s, n * H);
    r.sum_edges(total, s, n);
  }

  int forward() const {
    S* out = (S*)a.out;
    C* lse = (C*)a.lse;
    advise_huge(out, a.g.rows * F * i64(sizeof(S)));
    return for_rows<C>(a.g, 2 * F + 3 * H + kBlock * H, 0, 6, [&](i64 i, i64 end, Scratch<C>& w, i64) {
      C *own = w.take(F), *acc = w.take(F), *s = w.take(kBlock * H);
      C *top = w.take(H), *total = w.take(H), *shrink = w.take(H);
      for (; i < end; i++) {
        load_row(own, q + i * a.q_stride, F, scale * kLog2e<C>);
        fill(acc, F, C(0));
        fill(total, H, C(0));
        fill(top, H, -kInf<C>);
        i64 stop = a.g.ptr[i + 1];
        bool first = true;
        for (i64 t = a.g.ptr[i]; t < stop; t += kBlock) {
          Block<R> b;
          int n = gather(b, t, stop, k, a.k_stride, v, a.v_stride);
          Ahead<S> ahead{a.g, t, k, v, a.k_stride, a.v_stride, F * i64(sizeof(S)), nullptr, 0};
          r.dots(own, b.a, n, s, ahead);
          weigh_first(first, s, n, top, total, acc, shrink);
          first = false;
          r.axpy(acc, b.b, n, s);
        }
        finish(out + i * F, lse + i * H, acc, top, total, shrink);
      }
    });
  }
  INLINE void weigh_first(bool first, C* s, int n, C* top, C* total, C* acc, C* shrink) const {
    if (!first) return weigh(s, n, top, total, acc, shrink);
    r.max_heads(top, s, n);
    for (i64 h = 0; h < H; h++) shrink[h] = top[h] == -kInf<C> ? C(0) : top[h];
    r.subtract(s, shrink, n);
    exp2_all(s, n * H);
    r.sum_edges(total, s, n);
  }
  INLINE void finish(S* out, C* lse, C* acc, C* top, C* total, C* factor) const {
    for (i64 h = 0; h < H; h++) factor[h] = total[h] == 0 ? C(1) : C(1) / total[h];
    for (i64 h = 0; h < H; h++)
      for (i64 i = 0; i < r.width(); i++) acc[h * r.width() + i] *= factor[h];
    store_row(out, acc, F, C(1));
    for (i64 h = 0; h < H; h++)
      lse[h] = total[h] == 0 ? -kInf<C> : top[h] * kLn2<C> + log_of(total[h]);
  }

  // stats [Nd, 2, H]: base-2 log-sum-exp, and D = grad · out.
  int statistics() const {
    const S* out = (const S*)a.out;
    const C* lse = (const C*)a.lse;
    C* stats = (C*)const_cast<void*>(a.stats);
    return for_rows<C>(a.g, F, 0, 1, [&](i64 i, i64 end, Scratch<C>& w, i64) {
      C* own = w.take(F);
      for (; i < end; i++) {
        load_row(own, grad + i * F, F, C(1));
        const S* row = out + i * F;
        C* to = stats + i * 2 * H;
        for (i64 h = 0; h < H; h++) to[h] = lse[i * H + h] == -kInf<C> ? C(0) : lse[i * H + h] * kLog2e<C>;
        r.dots(own, &row, 1, to + H, NoPrefetch());
      }
    });
  }

  // s becomes the weights and dp their gradients, from the statistics of each edge's row.
  INLINE void differentiate(C* s, C* dp, int n, const C* const* stats) const {
    for (int e = 0; e < n; e++) r.subtract(s + e * H, stats[e], 1);
    exp2_all(s, n * H);
    for (int e = 0; e < n; e++) r.subtract(dp + e * H, stats[e] + H, 1);
    for (i64 i = 0; i < n * H; i++) dp[i] *= s[i];
  }

  // Over the transposed graph: rows are sources, neighbours are destinations.
  int backward_sources() const {
    const C* stats = (const C*)a.stats;
    S *dk = (S*)a.dk, *dv = (S*)a.dv;
    advise_huge(dk, a.g.rows * F * i64(sizeof(S)));
    advise_huge(dv, a.g.rows * F * i64(sizeof(S)));
    return for_rows<C>(a.g, 4 * F + 2 * kBlock * H, 0, 6, [&](i64 j, i64 end, Scratch<C>& w, i64) {
      C *own_k = w.take(F), *own_v = w.take(F), *sum_k = w.take(F), *sum_v = w.take(F);
      C *s = w.take(kBlock * H), *dp = w.take(kBlock * H);
      for (; j < end; j++) {
        load_row(own_k, k + j * a.k_stride, F, scale * kLog2e<C>);
        load_row(own_v, v + j * a.v_stride, F, C(1));
        fill(sum_k, F, C(0));
        fill(sum_v, F, C(0));
        i64 stop = a.g.ptr[j + 1];
        for (i64 t = a.g.ptr[j]; t < stop; t += kBlock) {
          Block<R> b;
          int n = gather(b, t, stop, q, a.q_stride, grad, F);
          const C* of[kBlock];
          for (int e = 0; e < n; e++) of[e] = stats + i64(a.g.idx[t + e]) * 2 * H;
          Ahead<S> ahead{a.g, t, q, grad, a.q_stride, F, F * i64(sizeof(S)),
                         (const char*)stats, 2 * H * i64(sizeof(C))};
          r.dots(own_k, b.a, n, s, ahead);
          r.dots(own_v, b.b, n, dp, NoPrefetch());
          differentiate(s, dp, n, of);
          r.axpy(sum_k, b.a, n, dp);
          r.axpy(sum_v, b.b, n, s);
        }
        store_row(dk + j * F, sum_k, F, scale);
        store_row(dv + j * F, sum_v, F, C(1));
      }
    });
  }

  int backward_destinations() const {
    S* dq = (S*)a.dq;
    const S* out = (const S*)a.out;
    const C* lse = (const C*)a.lse;
    advise_huge(dq, a.g.rows * F * i64(sizeof(S)));
    return for_rows<C>(a.g, 3 * F + 2 * kBlock * H + 2 * H, 0, 6, [&](i64 i, i64 end, Scratch<C>& w, i64) {
      C *own_q = w.take(F), *own_g = w.take(F), *sum = w.take(F), *stats = w.take(2 * H);
      C *s = w.take(kBlock * H), *dp = w.take(kBlock * H);
      for (; i < end; i++) {
        load_row(own_q, q + i * a.q_stride, F, scale * kLog2e<C>);
        load_row(own_g, grad + i * F, F, C(1));
        fill(sum, F, C(0));
        const S* row = out + i * F;
        for (i64 h = 0; h < H; h++) stats[h] = lse[i * H + h] == -kInf<C> ? C(0) : lse[i * H + h] * kLog2e<C>;
        r.dots(own_g, &row, 1, stats + H, NoPrefetch());
        const C* of[kBlock];
        for (int e = 0; e < kBlock; e++) of[e] = stats;
        i64 stop = a.g.ptr[i + 1];
        for (i64 t = a.g.ptr[i]; t < stop; t += kBlock) {
          Block<R> b;
          int n = gather(b, t, stop, k, a.k_stride, v, a.v_stride);
          Ahead<S> ahead{a.g, t, k, v, a.k_stride, a.v_stride, F * i64(sizeof(S)), nullptr, 0};
          r.dots(own_q, b.a, n, s, ahead);
          r.dots(own_g, b.b, n, dp, NoPrefetch());
          differentiate(s, dp, n, of);
          r.axpy(sum, b.a, n, dp);
        }
        store_row(dq + i * F, sum, F, scale);
      }
    });
  }
};
