// Attention with everything: dot, given or GATv2 logits, bias, edge features, the m largest,
// dropout. A row's logits lie in scratch; backward hands weights and logit gradients per edge
// to the passes over sources.
#pragma once
#include <algorithm>

#include "attention.h"

enum Score : i64 { kDot = 0, kGiven = 1, kGatv2 = 2 };

struct GeneralArgs {  // the same order stands in graph_attention/native.py
  Csr g;
  i64 dtype, heads, width, score, channels, top_m, drop_below, seed;
  const void *q, *k, *v;  // for GATv2: r, l, v
  i64 q_stride, k_stride, v_stride;
  const void *att, *bias, *edge, *edge_q;  // [H, d]; [E, H]; [E, c]; [Nd, H, c]: compute type
  void *out, *lse, *mean;
  const void *grad, *grad_mean;
  void *dq, *dlogits, *weights, *dedge, *dedge_q, *datt;  // datt [chunks, H, d]
  double scale, slope, keep;
};

// A factor of dropout: a hash of (seed, edge, head) decides. segments.py draws the same.
INLINE bool is_dropped(u32 seed, i64 edge, i64 head, u32 below) {
  u32 x = u32(edge) * 0x9E3779B1u ^ u32(head + 1) * 0x85EBCA77u ^ seed;
  x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
  x = (x ^ (x >> 13)) * 0xC2B2AE35u;
  return (x ^ (x >> 16)) < below;
}

template <class C> INLINE C dot_plain(const C* a, const C* b, i64 n) {
  C sum = 0;
#pragma omp simd reduction(+ : sum)
  for (i64 i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}
template <class C> INLINE void axpy_plain(C* to, C w, const C* x, i64 n) {
#pragma omp simd
  for (i64 i = 0; i < n; i++) to[i] += w * x[i];
}

template <class S> struct General {
  using C = Compute<S>;
  const Shape<S>& r;
  const GeneralArgs& a;
  const S *q = (const S*)a.q, *k = (const S*)a.k, *v = (const S*)a.v, *grad = (const S*)a.grad;
  const C *bias = (const C*)a.bias, *edge = (const C*)a.edge, *edge_q = (const C*)a.edge_q;
  const C* grad_mean = (const C*)a.grad_mean;
  const i64 F = a.heads * a.width, H = a.heads, c = a.channels;
  const C slope = C(a.slope);

  template <class T> INLINE int rows_of(const T* x, i64 stride, i64 t, i64 end, const T** to) const {
    int n = end - t < kBlock ? int(end - t) : kBlock;
    for (int e = 0; e < n; e++) {
      __builtin_prefetch(x + a.g.ahead(t + e, kAhead) * stride);
      to[e] = x + a.g.neighbour(t + e) * stride;
    }
    return n;
  }
  INLINE Ahead ahead(const S* x, i64 stride, i64 t) const {
    return {a.g, t, x, nullptr, stride * i64(sizeof(S)), 0, nullptr, 0};
  }

  // Base-2 logits of the slots from begin to end; own is the row's query (or GATv2's r).
  INLINE void logits(C* s, const C* own, const C* att, const C* eq, i64 begin, i64 end) const {
    const S* rows[kBlock];
    for (i64 t = begin; t < end && a.score != kGiven; t += kBlock) {
      int n = rows_of(k, a.k_stride, t, end, rows);
      C* to = s + (t - begin) * H;
      Ahead next = ahead(k, a.k_stride, t);
      if (a.score == kDot) r.dots(own, rows, n, to, &next);
      else r.gatv2_dots(own, att, slope, rows, n, to, next);
    }
    if (a.score == kGiven) fill(s, (end - begin) * H, C(0));
    for (i64 t = begin; t < end && (bias || c); t++) {
      C* to = s + (t - begin) * H;
      i64 id = a.g.edge(t);
      for (i64 h = 0; h < H; h++) {
        if (bias) to[h] += bias[id * H + h] * kLog2e<C>;
        if (c) to[h] += dot_plain(eq + h * c, edge + id * c, c) * kLog2e<C>;
      }
    }
    if (a.top_m && end - begin > a.top_m) keep_top(s, end - begin, s + (end - begin) * H);
  }

  // Set all but the m largest logits of each head to -inf; the first of equal ones stay.
  INLINE void keep_top(C* s, i64 n, C* keys) const {
    for (i64 h = 0; h < H; h++) {
      for (i64 e = 0; e < n; e++) keys[e] = key(s[e * H + h]);
      std::nth_element(keys, keys + a.top_m - 1, keys + n, [](C x, C y) { return x > y; });
      C least = keys[a.top_m - 1];
      i64 ties = a.top_m;
      for (i64 e = 0; e < n; e++) ties -= key(s[e * H + h]) > least;
      for (i64 e = 0; e < n; e++) {
        C x = key(s[e * H + h]);
        if (x < least || (x == least && ties-- <= 0)) s[e * H + h] = -kInf<C>;
      }
    }
  }
  static INLINE C key(C x) { return x != x ? kInf<C> : x; }

  INLINE void drop(C* s, i64 begin, i64 end) const {
    for (i64 t = begin; t < end && a.drop_below; t++)
      for (i64 h = 0; h < H; h++)
        s[(t - begin) * H + h] *=
            is_dropped(u32(a.seed), a.g.edge(t), h, u32(a.drop_below)) ? C(0) : C(a.keep);
  }

  // acc += weights · rows of x, leaving out rows that no head weighs.
  INLINE void weigh(C* acc, const C* s, i64 begin, i64 end, const S* x, i64 stride) const {
    const i64 bytes = F * i64(sizeof(S));
    const S* rows[kBlock];
    C weights[kBlock * 8];
    for (i64 t = begin; t < end; t += kBlock) {
      int n = rows_of(x, stride, t, end, rows);
      auto fetch = ahead(x, stride, t);
      const C* from = s + (t - begin) * H;
      if (!a.top_m || H > 8) {
        for (int e = 0; e < n; e++) fetch(e, bytes);
        r.axpy(acc, rows, n, from);
        continue;
      }
      int m = 0;
      for (int e = 0; e < n; e++) {
        bool any = false;
        for (i64 h = 0; h < H; h++) any |= (weights[m * H + h] = from[e * H + h]) != 0;
        rows[m] = rows[e];
        m += any;
      }
      for (int e = 0; e < m; e++) prefetch_row(rows[e], bytes);
      r.axpy(acc, rows, m, weights);
    }
  }

  INLINE void own_row(C* own, i64 i) const {
    if (a.score == kDot) load_row(own, q + i * a.q_stride, F, C(a.scale) * kLog2e<C>);
    if (a.score == kGatv2) load_row(own, q + i * a.q_stride, F, C(1));
  }
  INLINE void load_att(C* att, C factor) const {
    if (a.score == kGatv2) load_row(att, (const C*)a.att, F, factor);
  }

  int forward() const {
    S* out = (S*)a.out;
    C *lse = (C*)a.lse, *mean = (C*)a.mean;
    advise_huge(out, a.g.rows * F * i64(sizeof(S)));
    return for_rows<C>(a.g, 3 * F + 2 * H, H + 1, 6, [&](i64 i, i64 last, Scratch<C>& w, i64) {
      C *own = w.take(F), *acc = w.take(F), *att = w.take(F), *top = w.take(H), *total = w.take(H);
      C* s = w.take(0);
      load_att(att, kLog2e<C>);
      for (; i < last; i++) {
        i64 begin = a.g.ptr[i], end = a.g.ptr[i + 1], n = end - begin;
        own_row(own, i);
        logits(s, own, att, edge_q + i * H * c, begin, end);
        fill(top, H, -kInf<C>);
        fill(total, H, C(0));
        fill(acc, F, C(0));
        r.max_heads(top, s, n);
        for (i64 h = 0; h < H; h++) top[h] = top[h] == -kInf<C> ? C(0) : top[h];
        r.exponentials(s, top, total, n);
        r.normalize(top, total, total, lse + i * H);
        for (i64 e = 0; e < n; e++)
          for (i64 h = 0; h < H; h++) s[e * H + h] *= total[h];
        drop(s, begin, end);
        weigh(acc, s, begin, end, v, a.v_stride);
        store_row(out + i * F, acc, F, C(1));
        if (c) average(mean + i * H * c, s, begin, end);
      }
    });
  }
  INLINE void average(C* to, const C* s, i64 begin, i64 end) const {
    fill(to, H * c, C(0));
    for (i64 t = begin; t < end; t++)
      for (i64 h = 0; h < H; h++)
        axpy_plain(to + h * c, s[(t - begin) * H + h], edge + a.g.edge(t) * c, c);
  }

  int backward_destinations() const {
    S* dq = (S*)a.dq;
    const C* lse = (const C*)a.lse;
    return for_rows<C>(a.g, 5 * F + 2 * H, 3 * H, 9, [&](i64 i, i64 last, Scratch<C>& w, i64 chunk) {
      C *own = w.take(F), *own_g = w.take(F), *sum = w.take(F), *att = w.take(F);
      C *total = w.take(F), *base = w.take(H), *mass = w.take(H);
      i64 longest = 0;
      for (i64 j = i; j < last; j++) longest = std::max(longest, a.g.ptr[j + 1] - a.g.ptr[j]);
      C *s = w.take(0), *dp = s + (longest * H + 31) / 16 * 16 + longest;
      load_att(att, kLog2e<C>);
      fill(total, F, C(0));
      for (; i < last; i++) {
        i64 begin = a.g.ptr[i], end = a.g.ptr[i + 1], n = end - begin;
        own_row(own, i);
        logits(s, own, att, edge_q + i * H * c, begin, end);
        for (i64 h = 0; h < H; h++)
          base[h] = lse[i * H + h] == -kInf<C> ? C(0) : lse[i * H + h] * kLog2e<C>;
        r.exponentials(s, base, mass, n);
        load_row(own_g, grad + i * F, F, C(1));
        weight_grads(dp, own_g, i, begin, end);
        drop(dp, begin, end);
        fill(mass, H, C(0));
        for (i64 e = 0; e < n * H; e++) dp[e] *= s[e];
        sum_edges(mass, dp, n, H);
        for (i64 e = 0; e < n; e++)
          for (i64 h = 0; h < H; h++) dp[e * H + h] -= s[e * H + h] * mass[h];
        drop(s, begin, end);
        hand_over(s, dp, begin, end);
        if (c) edge_grads(s, dp, i, begin, end);
        if (a.score == kGiven) continue;
        fill(sum, F, C(0));
        if (a.score == kDot) weigh(sum, dp, begin, end, k, a.k_stride);
        for (i64 t = begin; t < end && a.score == kGatv2; t++)
          r.gatv2_grads(own, slope, k + a.g.neighbour(t) * a.k_stride, dp + (t - begin) * H, sum,
                        total);
        for (i64 x = 0; x < F && a.score == kGatv2; x++) sum[x] *= att[x] * kLn2<C>;
        store_row(dq + i * F, sum, F, C(a.score == kDot ? a.scale : 1));
      }
      if (a.score == kGatv2) store_row((C*)a.datt + chunk * F, total, F, C(1));
    });
  }
  INLINE void weight_grads(C* dp, const C* own_g, i64 i, i64 begin, i64 end) const {
    const S* rows[kBlock];
    for (i64 t = begin; t < end; t += kBlock) {
      int n = rows_of(v, a.v_stride, t, end, rows);
      Ahead next = ahead(v, a.v_stride, t);
      r.dots(own_g, rows, n, dp + (t - begin) * H, &next);
    }
    for (i64 t = begin; t < end && grad_mean; t++)
      for (i64 h = 0; h < H; h++)
        dp[(t - begin) * H + h] += dot_plain(grad_mean + (i * H + h) * c, edge + a.g.edge(t) * c, c);
  }
  INLINE void hand_over(const C* s, const C* dp, i64 begin, i64 end) const {
    C *weights = (C*)a.weights, *dlogits = (C*)a.dlogits;
    for (i64 t = begin; t < end; t++)
      for (i64 h = 0; h < H; h++) {
        weights[a.g.edge(t) * H + h] = s[(t - begin) * H + h];
        dlogits[a.g.edge(t) * H + h] = dp[(t - begin) * H + h];
      }
  }
  INLINE void edge_grads(const C* s, const C* dp, i64 i, i64 begin, i64 end) const {
    C *dedge = (C*)a.dedge, *dedge_q = (C*)a.dedge_q + i * H * c;
    fill(dedge_q, H * c, C(0));
    for (i64 t = begin; t < end; t++) {
      i64 id = a.g.edge(t);
      fill(dedge + id * c, c, C(0));
      for (i64 h = 0; h < H; h++) {
        i64 at = (t - begin) * H + h;
        axpy_plain(dedge + id * c, dp[at], edge_q + (i * H + h) * c, c);
        axpy_plain(dedge + id * c, s[at], grad_mean + (i * H + h) * c, c);
        axpy_plain(dedge_q + h * c, dp[at], edge + id * c, c);
      }
    }
  }

  // GATv2 over the transposed graph: dl (in dq), from the logit gradients handed over.
  int gatv2_sources() const {
    S* dl = (S*)a.dq;
    const C* dlogits = (const C*)a.dlogits;
    return for_rows<C>(a.g, 3 * F, 0, 3, [&](i64 j, i64 last, Scratch<C>& w, i64) {
      C *own = w.take(F), *sum = w.take(F), *att = w.take(F);
      load_att(att, C(1));
      for (; j < last; j++) {
        load_row(own, k + j * a.k_stride, F, C(1));
        fill(sum, F, C(0));
        for (i64 t = a.g.ptr[j]; t < a.g.ptr[j + 1]; t++) {
          ahead(q, a.q_stride, t)(0, F * i64(sizeof(S)));
          r.gatv2_grads(own, slope, q + a.g.neighbour(t) * a.q_stride, dlogits + a.g.edge(t) * H,
                        sum, nullptr);
        }
        for (i64 x = 0; x < F; x++) sum[x] *= att[x];
        store_row(dl + j * F, sum, F, C(1));
      }
    });
  }
};
