// Scaled dot-product attention without extras. Logits are in base 2: own rows are multiplied by
// scale · log2(e) once. Only the log-sum-exp is kept; backward computes the weights again.
#pragma once
#include "fixed.h"

struct AttentionArgs {  // the same order stands in graph_attention/native.py
  Csr g;
  i64 dtype, heads, width;
  const void *q, *k, *v;
  i64 q_stride, k_stride, v_stride;  // values between rows; the others are contiguous
  void* out;
  void* lse;                 // [Nd, H], natural, of the compute type
  const void *grad, *stats;  // [Nd, H, d]; [Nd, 2, H]: base-2 log-sum-exp, D
  void *dq, *dk, *dv;
  void* weights;  // [E, 2, H] by edge: weights and logit gradients; null: computed twice
  double scale;
};

template <class S> struct Attention {
  using C = Compute<S>;
  const Shape<S>& r;
  const AttentionArgs& a;
  const S *q = (const S*)a.q, *k = (const S*)a.k, *v = (const S*)a.v, *grad = (const S*)a.grad;
  const i64 F = a.heads * a.width, H = a.heads;
  C* const weights = (C*)a.weights;
  const C scale = C(a.scale);
  const int size = F * i64(sizeof(S)) < kWide ? kBlock : kBlock / 2;

  struct Block {
    const S* a[kBlock];
    const S* b[kBlock];
  };
  // A block's rows of x and y. Fetches all rows of a later block at once: misses come in bursts.
  INLINE int gather(Block& block, i64 t, i64 end, const S* x, i64 xs, const S* y, i64 ys,
                    const C* stats) const {
    constexpr i64 s = sizeof(S);
    const Ahead ahead{a.g, t, x, y, xs * s, ys * s, stats, 2 * H * i64(sizeof(C))};
    int n = end - t < size ? int(end - t) : size;
    for (int e = 0; e < n; e++) {
      i64 j = a.g.idx[t + e];
      block.a[e] = x + j * xs;
      block.b[e] = y + j * ys;
      ahead(e, F * s);
    }
    return n;
  }

  // Where the values of a block's edges lie; those of a later block are fetched.
  INLINE void values(C** at, i64 t, int n) const {
    for (int e = 0; e < n; e++) {
      i64 later = t + e + kAhead < a.g.edges ? t + e + kAhead : a.g.edges - 1;
      at[e] = weights + a.g.edge(t + e) * 2 * H;
      prefetch_row(weights + a.g.edge(later) * 2 * H, 2 * H * i64(sizeof(C)));
    }
  }

  // Raise the maximum, shrink what was summed so far, and turn the block's logits into weights.
  INLINE void weigh(C* s, int n, C* top, C* total, C* acc, C* base) const {
    for (i64 h = 0; h < H; h++) base[h] = top[h];
    r.max_heads(top, s, n);
    bool same = true;
    for (i64 h = 0; h < H; h++) same &= base[h] == top[h];
    if (!same) {
      for (i64 h = 0; h < H; h++) base[h] -= top[h];
      exp2_all(base, H);
      for (i64 h = 0; h < H; h++) total[h] *= base[h];
      r.scale(acc, base);
    }
    weigh_first(s, n, top, total, base);
  }
  INLINE void weigh_first(C* s, int n, C* top, C* total, C* base) const {
    for (i64 h = 0; h < H; h++) base[h] = top[h] == -kInf<C> ? C(0) : top[h];
    r.exponentials(s, base, total, n);
  }

  int forward() const {
    S* out = (S*)a.out;
    C* lse = (C*)a.lse;
    advise_huge(out, a.g.rows * F * i64(sizeof(S)));
    return for_rows<C>(a.g, 2 * F + 3 * H + kBlock * H, 0, 6, [&](i64 i, i64 end, Scratch<C>& w, i64) {
      C *own = w.take(F), *acc = w.take(F), *s = w.take(kBlock * H);
      C *top = w.take(H), *total = w.take(H), *base = w.take(H);
      for (; i < end; i++) {
        load_row(own, q + i * a.q_stride, F, scale * kLog2e<C>);
        fill(acc, F, C(0));
        fill(total, H, C(0));
        fill(top, H, -kInf<C>);
        i64 stop = a.g.ptr[i + 1];
        for (i64 begin = a.g.ptr[i], t = begin; t < stop; t += size) {
          Block b;
          int n = gather(b, t, stop, k, a.k_stride, v, a.v_stride, nullptr);
          r.dots(own, b.a, n, s, nullptr);
          if (t == begin) r.max_heads(top, s, n), weigh_first(s, n, top, total, base);
          else weigh(s, n, top, total, acc, base);
          r.axpy(acc, b.b, n, s);
        }
        r.normalize(top, total, base, lse + i * H);
        r.scale(acc, base);
        store_row(out + i * F, acc, F, C(1));
      }
    });
  }

  // Leaves what the pass over sources needs: `weights` where they fit, and stats [Nd, 2, H] of
  // base-2 log-sum-exp and D = grad · out.
  int backward_destinations() const {
    S* dq = (S*)a.dq;
    const S* out = (const S*)a.out;
    const C* lse = (const C*)a.lse;
    C* stats = (C*)const_cast<void*>(a.stats);
    advise_huge(dq, a.g.rows * F * i64(sizeof(S)));
    return for_rows<C>(a.g, 3 * F + 2 * kBlock * H, 0, 5, [&](i64 i, i64 end, Scratch<C>& w, i64) {
      C *own_q = w.take(F), *own_g = w.take(F), *sum = w.take(F);
      C *s = w.take(kBlock * H), *dp = w.take(kBlock * H);
      for (; i < end; i++) {
        load_row(own_q, q + i * a.q_stride, F, scale * kLog2e<C>);
        load_row(own_g, grad + i * F, F, C(1));
        fill(sum, F, C(0));
        const S* row = out + i * F;
        C* own = stats + i * 2 * H;
        for (i64 h = 0; h < H; h++) own[h] = lse[i * H + h] == -kInf<C> ? C(0) : lse[i * H + h] * kLog2e<C>;
        r.dots(own_g, &row, 1, own + H, nullptr);
        const C* of[kBlock];
        C* of_edges[kBlock];
        for (int e = 0; e < kBlock; e++) of[e] = own;
        i64 stop = a.g.ptr[i + 1];
        for (i64 t = a.g.ptr[i]; t < stop; t += size) {
          Block b;
          int n = gather(b, t, stop, k, a.k_stride, v, a.v_stride, nullptr);
          r.weigh(own_q, own_g, b.a, b.b, n, s, dp, of);
          if (weights) values(of_edges, t, n), r.hand_over(s, dp, n, of_edges);
          r.axpy(sum, b.a, n, dp);
        }
        store_row(dq + i * F, sum, F, scale);
      }
    });
  }

  // Over the transposed graph: rows are sources, neighbours are destinations.
  int backward_sources() const {
    C* stats = (C*)const_cast<void*>(a.stats);
    S *dk = (S*)a.dk, *dv = (S*)a.dv;
    advise_huge(dk, a.g.rows * F * i64(sizeof(S)));
    advise_huge(dv, a.g.rows * F * i64(sizeof(S)));
    return for_rows<C>(a.g, 4 * F + 2 * kBlock * H, 0, 6, [&](i64 j, i64 end, Scratch<C>& w, i64) {
      C *own_k = w.take(F), *own_v = w.take(F), *sum_k = w.take(F), *sum_v = w.take(F);
      C *s = w.take(kBlock * H), *dp = w.take(kBlock * H);
      for (; j < end; j++) {
        if (!weights) load_row(own_k, k + j * a.k_stride, F, scale * kLog2e<C>);
        if (!weights) load_row(own_v, v + j * a.v_stride, F, C(1));
        fill(sum_k, F, C(0));
        fill(sum_v, F, C(0));
        i64 stop = a.g.ptr[j + 1];
        for (i64 t = a.g.ptr[j]; t < stop; t += size) {
          Block b;
          int n = gather(b, t, stop, q, a.q_stride, grad, F, weights ? nullptr : stats);
          C* of[kBlock];
          if (weights) {
            values(of, t, n);
            r.receive(s, dp, n, of);
          } else {
            for (int e = 0; e < n; e++) of[e] = stats + i64(a.g.idx[t + e]) * 2 * H;
            r.weigh(own_k, own_v, b.a, b.b, n, s, dp, of);
          }
          r.axpy(sum_k, b.a, n, dp);
          r.axpy(sum_v, b.b, n, s);
        }
        store_row(dk + j * F, sum_k, F, scale);
        store_row(dv + j * F, sum_v, F, C(1));
      }
    });
  }
};
