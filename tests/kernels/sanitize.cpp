// Runs every kernel on random graphs whose arrays have exactly the size that the kernels may
// touch, on four threads, under the address and undefined sanitizers; and compares attention in
// float with attention in double. For another architecture: compile it there, or for there and
// run it under an emulator.
#include "kernels.cpp"

#include <cstdio>
#include <thread>
#include <vector>

static u32 state = 1;
static u32 draw() { return (state = state * 1664525u + 1013904223u) >> 8; }

static i32 threads(i64 begin, i64 end, i64, RangeFn run, void* context) {
  std::vector<std::thread> pool;
  for (i64 t = 0; t < 4; t++) pool.emplace_back([=] { run(begin, end, context); });
  for (auto& thread : pool) thread.join();
  return 0;
}

template <class T> static std::vector<T> values(i64 n) {
  std::vector<T> made(n);
  for (auto& x : made) narrow(&x, typename std::conditional<std::is_same_v<T, double>, double,
                                                            float>::type(draw() % 200) / 100 - 1);
  return made;
}

static std::vector<double> seen;  // what attention gave
template <class T> static void keep(const std::vector<T>& found) {
  for (T x : found) seen.push_back(double(widen(x)));
}

struct Edges {
  std::vector<i64> ptr, eid;
  std::vector<i32> idx;
  Csr csr() const { return {ptr.data(), idx.data(), eid.data(), i64(ptr.size()) - 1, i64(idx.size())}; }
};

static Edges group(const std::vector<i32>& by, const std::vector<i32>& other, i64 rows) {
  Edges e;
  e.ptr.assign(rows + 1, 0);
  for (i64 i = 0; i < rows; i++) {
    for (size_t id = 0; id < by.size(); id++)
      if (by[id] == i) e.idx.push_back(other[id]), e.eid.push_back(i64(id));
    e.ptr[i + 1] = i64(e.idx.size());
  }
  return e;
}

template <class S> static int run(i64 code, i64 H, i64 d, i64 rows, i64 sources, i64 edges) {
  using C = Compute<S>;
  std::vector<i32> dst(edges), src(edges);
  for (auto& x : dst) x = i32(draw() % 3 ? draw() % rows : 0);
  for (auto& x : src) x = i32(draw() % sources);
  Edges e = group(dst, src, rows), t = group(src, dst, sources);
  const i64 F = H * d, c = 3;
  auto q = values<S>(rows * F), k = values<S>(sources * F), v = values<S>(sources * F);
  auto out = values<S>(rows * F), grad = values<S>(rows * F), dq = values<S>(rows * F);
  auto dk = values<S>(sources * F), dv = values<S>(sources * F);
  auto lse = values<C>(rows * H), stats = values<C>(rows * 2 * H), att = values<C>(F);
  auto bias = values<C>(edges * H), edge = values<C>(edges * c), edge_q = values<C>(rows * H * c);
  auto mean = values<C>(rows * H * c), dmean = values<C>(rows * H * c), deq = values<C>(rows * H * c);
  auto dl = values<C>(edges * H), weights = values<C>(edges * H), dedge = values<C>(edges * c);
  auto handed = values<C>(edges * 2 * H);
  auto datt = values<C>(paperflow_chunks(rows, edges) * F);
  std::vector<i32> arg(rows * F);
  int faults = 0;
  AttentionArgs a{e.csr(), code, H, d, q.data(), k.data(), v.data(), F, F, F, out.data(),
                  lse.data(), grad.data(), stats.data(), dq.data(), dk.data(), dv.data(),
                  nullptr, 0.5};
  faults += paperflow_attention_forward(&a);
  keep(out), keep(lse);
  for (void* shared : {(void*)nullptr, (void*)handed.data()}) {
    a.weights = shared;
    AttentionArgs at = a;
    at.g = t.csr();
    faults += paperflow_attention_backward_destinations(&a);
    faults += paperflow_attention_backward_sources(&at);
    keep(dq), keep(dk), keep(dv);
  }
  for (i64 score = 0; score < 3; score++)
    for (i64 top_m : {i64(0), i64(2)}) {
      GeneralArgs x{e.csr(), code, H, d, score, c, top_m, 1 << 30, 7, q.data(), k.data(), v.data(),
                    F, F, F, att.data(), bias.data(), edge.data(), edge_q.data(), out.data(),
                    lse.data(), mean.data(), grad.data(), dmean.data(), dq.data(), dl.data(),
                    weights.data(), dedge.data(), deq.data(), datt.data(), 0.5, 0.2, 1.3};
      faults += paperflow_general_forward(&x) + paperflow_general_backward(&x);
      if (score < 2 && !top_m) keep(out), keep(mean), keep(dl), keep(dedge), keep(deq);
      if (score == kDot && !top_m) keep(dq);  // given logits leave it as it is
      GeneralArgs y = x;
      y.g = t.csr();
      y.dq = dk.data();
      faults += score == 2 ? paperflow_gatv2_sources(&y) : 0;
    }
  for (i64 op = 0; op < 4; op++) {
    ReduceArgs r{e.csr(), code, H, d, op, k.data(), F, weights.data(), out.data(), arg.data(),
                 grad.data(), dk.data(), dl.data(), 1.0};
    ReduceArgs rt = r;
    rt.g = t.csr();
    faults += op < 2 ? paperflow_reduce(&r)
                     : paperflow_extreme(&r) + paperflow_extreme_backward(&rt);
  }
  SddmmArgs s{e.csr(), code, H, d, q.data(), k.data(), F, F, dl.data()};
  SoftmaxArgs m{e.csr(), code == 2 ? 0 : code, H, bias.data(), nullptr, dl.data()};
  FloorArgs f{e.csr(), code, F, k.data(), v.data(), q.data(), grad.data(), dq.data(), nullptr};
  return faults + paperflow_sddmm(&s) + paperflow_edge_softmax(&m) + paperflow_gather_floor(&f);
}

static int differences(const std::vector<double>& wanted) {
  int count = seen.size() != wanted.size();
  for (size_t i = 0; i < wanted.size() && !count; i++)
    count += !(std::abs(seen[i] - wanted[i]) <= 1e-4 * (1 + std::abs(wanted[i]))) && seen[i] != wanted[i];
  return count;
}

int main() {
  paperflow_set_threads(reinterpret_cast<void*>(&threads));
  int faults = 0;
  for (i64 edges : {0, 1, 40, 9000})
    for (auto [H, d] : {std::pair<i64, i64>{8, 16}, {3, 5}, {1, 67}, {9, 2}})
      for (i64 rows : {1, 30}) {
        u32 before = state;
        faults += run<double>(1, H, d, rows, 17, edges);
        std::vector<double> wanted;
        wanted.swap(seen);
        state = before;
        faults += run<float>(0, H, d, rows, 17, edges) + differences(wanted);
        seen.clear();
        faults += run<bf16>(2, H, d, rows, 17, edges);
        seen.clear();
      }
  printf("%d faults\n", faults);
  return faults;
}
