// Reductions of neighbours (SpMM), dot products along edges (SDDMM), softmax over a row's edges.
#pragma once
#include "fixed.h"

struct ReduceArgs {  // the same order stands in spmm/native.py
  Csr g;
  i64 dtype, heads, width, op;  // 0 sum, 1 mean, 2 max, 3 min
  const void* x;
  i64 x_stride;
  const void* w;  // [E, H] of the compute type, or null
  void *out, *arg;  // arg [Nd, F] int32: the edge that holds the maximum
  const void* grad;
  void *dx, *dw;
  double scale;
};

struct SddmmArgs {
  Csr g;
  i64 dtype, heads, width;
  const void *a, *b;
  i64 a_stride, b_stride;
  void* out;
};

struct SoftmaxArgs {
  Csr g;
  i64 dtype, heads;
  const void *x, *grad;  // forward: logits, null; backward: weights, their gradient
  void* out;
};

template <class S> struct Reduce {
  using C = Compute<S>;
  const Shape<S>& r;
  const ReduceArgs& a;
  const S *x = (const S*)a.x, *grad = (const S*)a.grad;
  const C* w = (const C*)a.w;
  i32* arg = (i32*)a.arg;
  const i64 F = a.heads * a.width, H = a.heads;

  int sum() const {
    S* out = (S*)a.out;
    advise_huge(out, a.g.rows * F * i64(sizeof(S)));
    return for_rows<C>(a.g, F + kBlock * H, 0, 2, [&](i64 i, i64 end, Scratch<C>& scratch, i64) {
      C *acc = scratch.take(F), *s = scratch.take(kBlock * H);
      const S* rows[kBlock];
      fill(s, kBlock * H, C(1));
      for (; i < end; i++) {
        fill(acc, F, C(0));
        i64 begin = a.g.ptr[i], stop = a.g.ptr[i + 1];
        for (i64 t = begin; t < stop; t += kBlock) {
          int n = stop - t < kBlock ? int(stop - t) : kBlock;
          for (int e = 0; e < n; e++) {
            prefetch_row(x + a.g.ahead(t + e, kAhead) * a.x_stride, F * i64(sizeof(S)));
            rows[e] = x + a.g.neighbour(t + e) * a.x_stride;
            for (i64 h = 0; h < H && w; h++) s[e * H + h] = w[a.g.edge(t + e) * H + h];
          }
          r.axpy(acc, rows, n, s);
        }
        C factor = a.op == 1 && stop > begin ? C(1) / C(stop - begin) : C(1);
        store_row(out + i * F, acc, F, C(a.scale) * factor);
      }
    });
  }

  // The largest or smallest value and the edge that holds it; a NaN wins, the first stays.
  int extreme() const {
    S* out = (S*)a.out;
    const C sign = a.op == 2 ? C(1) : C(-1);
    return for_rows<C>(a.g, F, 0, 1, [&](i64 i, i64 end, Scratch<C>& scratch, i64) {
      C* best = scratch.take(F);
      for (; i < end; i++) {
        i32* at = arg + i * F;
        fill(best, F, C(0));
        for (i64 f = 0; f < F; f++) at[f] = -1;
        for (i64 t = a.g.ptr[i]; t < a.g.ptr[i + 1]; t++) {
          prefetch_row(x + a.g.ahead(t, kAhead) * a.x_stride, F * i64(sizeof(S)));
          const S* row = x + a.g.neighbour(t) * a.x_stride;
          i32 id = i32(a.g.edge(t));
          for (i64 f = 0; f < F; f++) {
            C y = widen(row[f]) * (w ? w[i64(id) * H + f / a.width] : C(1));
            bool wins = at[f] < 0 || (best[f] == best[f] && (y != y || y * sign > best[f] * sign));
            best[f] = wins ? y : best[f];
            at[f] = wins ? id : at[f];
          }
        }
        store_row(out + i * F, best, F, C(1));
      }
    });
  }

  // Over the transposed graph: dx, and dw where w is.
  int extreme_backward() const {
    S* dx = (S*)a.dx;
    C* dw = (C*)a.dw;
    return for_rows<C>(a.g, F, 0, 1, [&](i64 j, i64 end, Scratch<C>& scratch, i64) {
      C* sum = scratch.take(F);
      for (; j < end; j++) {
        fill(sum, F, C(0));
        for (i64 t = a.g.ptr[j]; t < a.g.ptr[j + 1]; t++) {
          i64 i = a.g.neighbour(t), id = a.g.edge(t);
          for (i64 h = 0; h < H; h++) {
            C weight = w ? w[id * H + h] : C(1), total = 0;
            for (i64 f = h * a.width; f < (h + 1) * a.width; f++) {
              C got = arg[i * F + f] == id ? widen(grad[i * F + f]) : C(0);
              sum[f] += got * weight;
              if (dw && got != 0) total += got * widen(x[j * a.x_stride + f]);
            }
            if (dw) dw[id * H + h] = total;
          }
        }
        store_row(dx + j * F, sum, F, C(1));
      }
    });
  }
};

template <class S> int sddmm(const Shape<S>& r, const SddmmArgs& a) {
  using C = Compute<S>;
  const S *left = (const S*)a.a, *right = (const S*)a.b;
  const i64 F = a.heads * a.width, H = a.heads;
  C* out = (C*)a.out;
  return for_rows<C>(a.g, F + kBlock * H, 0, 2, [&](i64 i, i64 end, Scratch<C>& scratch, i64) {
    C *own = scratch.take(F), *s = scratch.take(kBlock * H);
    const S* rows[kBlock];
    for (; i < end; i++) {
      load_row(own, left + i * a.a_stride, F, C(1));
      for (i64 t = a.g.ptr[i]; t < a.g.ptr[i + 1]; t += kBlock) {
        int n = a.g.ptr[i + 1] - t < kBlock ? int(a.g.ptr[i + 1] - t) : kBlock;
        for (int e = 0; e < n; e++) rows[e] = right + a.g.neighbour(t + e) * a.b_stride;
        Ahead next{a.g, t, right, nullptr, a.b_stride * i64(sizeof(S)), 0, nullptr, 0};
        r.dots(own, rows, n, s, &next);
        for (int e = 0; e < n; e++)
          for (i64 h = 0; h < H; h++) out[a.g.edge(t + e) * H + h] = s[e * H + h];
      }
    }
  });
}

template <class S> int edge_softmax(const SoftmaxArgs& a) {
  using C = Compute<S>;
  const S *x = (const S*)a.x, *grad = (const S*)a.grad;
  S* out = (S*)a.out;
  const i64 H = a.heads;
  const Shape<S> r(H, 1);
  return for_rows<C>(a.g, 2 * H, H, 3, [&](i64 i, i64 end, Scratch<C>& scratch, i64) {
    C *top = scratch.take(H), *total = scratch.take(H), *s = scratch.take(0);
    for (; i < end; i++) {
      i64 begin = a.g.ptr[i], n = a.g.ptr[i + 1] - begin;
      fill(top, H, -kInf<C>);
      fill(total, H, C(0));
      for (i64 e = 0; e < n; e++)
        for (i64 h = 0; h < H; h++) {
          i64 at = a.g.edge(begin + e) * H + h;
          s[e * H + h] = grad ? widen(x[at]) * widen(grad[at]) : widen(x[at]) * kLog2e<C>;
        }
      if (!grad) {
        r.max_heads(top, s, n);
        for (i64 h = 0; h < H; h++) top[h] = top[h] == -kInf<C> ? C(0) : top[h];
        r.exponentials(s, top, total, n);
      } else {
        sum_edges(total, s, n, H);
      }
      for (i64 h = 0; h < H && !grad; h++) total[h] = total[h] == 0 ? C(1) : C(1) / total[h];
      for (i64 e = 0; e < n; e++)
        for (i64 h = 0; h < H; h++) {
          i64 at = a.g.edge(begin + e) * H + h;
          C y = grad ? s[e * H + h] - widen(x[at]) * total[h] : s[e * H + h] * total[h];
          narrow(out + at, y);
        }
    }
  });
}
