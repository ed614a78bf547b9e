// Runs every hypergraph search on random hypergraphs whose arrays have exactly the size that the
// searches may touch, under the address and undefined sanitizers.
#include "hypergraph.h"

#include <cstdio>
#include <vector>

static u32 state = 1;
static u32 draw() { return (state = state * 1664525u + 1013904223u) >> 8; }

struct Csr2 {
  std::vector<i64> ptr, key_ptr;
  std::vector<i32> idx, key_idx;
  i64 edges() const { return i64(ptr.size()) - 1; }
  i64 keys() const { return i64(key_ptr.size()) - 1; }
  Bipartite with(const u8* edge_ok, const u8* key_ok) const {
    return {{ptr.data(), idx.data()}, {key_ptr.data(), key_idx.data()}, edges(), keys(), edge_ok, key_ok};
  }
};

static Csr2 both(std::vector<i64> ptr, std::vector<i32> idx, i64 keys) {
  Csr2 made{ptr, std::vector<i64>(keys + 1), idx, std::vector<i32>(idx.size())};
  TransposeArgs t{{ptr.data(), idx.data()}, made.edges(), keys, made.key_ptr.data(), made.key_idx.data()};
  transpose(t);
  return made;
}

static Csr2 random_hypergraph(i64 edges, i64 nodes) {
  std::vector<i64> ptr{0};
  std::vector<i32> idx;
  for (i64 e = 0; e < edges; e++) {
    for (u32 n = draw() % 5; n-- && nodes;) idx.push_back(i32(draw() % nodes * (draw() % 3) / 2));
    ptr.push_back(i64(idx.size()));
  }
  NormaliseArgs n{ptr.data(), idx.data(), edges};
  normalise(n);
  idx.resize(ptr.back());
  std::vector<i64> all(ptr.size());
  std::vector<i32> twice(2 * idx.size());
  ExtendArgs x{{ptr.data(), idx.data()}, edges, {ptr.data(), idx.data()}, edges, all.data(), twice.data()};
  extend(x);
  return both(ptr, idx, nodes);
}

static int lift_and_check(const Csr2& h, Csr2* lifted) {
  i64 most = 0;
  for (i64 e = 0; e < h.edges(); e++) most += (h.ptr[e + 1] - h.ptr[e]) * (h.ptr[e + 1] - h.ptr[e] - 1) / 2;
  std::vector<i32> largest, parent(most / 2), added(most / 2), idx(most);
  for (i64 n = 0; n < h.keys(); n++) largest.push_back(i32(n));
  std::vector<i64> ptr(most / 2 + 1);
  i64 made = 0;
  Bipartite g = h.with(nullptr, nullptr);
  LiftArgs a{g.key_edges, h.keys(), largest.data(), g.edge_keys, nullptr, h.keys(),
             parent.data(), added.data(), ptr.data(), idx.data(), &made};
  int faults = lift(a);
  ptr.resize(made + 1);
  idx.resize(ptr.back());
  Csr2 keys = both(ptr, idx, h.edges());  // sets over hyperedges
  *lifted = Csr2{keys.key_ptr, keys.ptr, keys.key_idx, keys.idx};
  return faults;
}

static int search(const Csr2& h, const Csr2& shared, const u8* edge_ok, const u8* key_ok) {
  const i64 E = shared.edges(), K = shared.keys(), room = 4;
  Bipartite g = shared.with(edge_ok, key_ok);
  std::vector<i32> label(E), steps(E), all, zero(E), found(E), counts(E), reached(E), far(E);
  std::vector<double> total(E), inverse(E), passed(E);
  std::vector<i64> pairs(64);
  for (i64 e = 0; e < E; e++) if (g.has_edge(e)) all.push_back(i32(e));
  ComponentArgs c{g, label.data()};
  DistanceArgs d{g, all.data(), std::min<i64>(i64(all.size()), 2), 3, edge_ok, steps.data()};
  ClosenessArgs near{g, all.data(), i64(all.size()), total.data(), inverse.data(), reached.data(), far.data()};
  BetweennessArgs between{g, all.data(), i64(all.size()), passed.data()};
  ProfileArgs p{g, pairs.data()};
  int faults = components(c) + distances(d) +
               closeness(near) + betweenness(between) +
               profile(p);
  i64 made[2];
  for (i32 e : all) {
    OverlapArgs o{g, e, 1 + draw() % 2, zero.data(), found.data(), counts.data(), made};
    faults += overlaps(o);
  }
  std::vector<u32> forward(E + K), backward(E + K), bases(2);
  std::vector<i32> queue(E + K), back(E + K), parent(E + K), levels(E + K + 2);
  PathScratch scratch{forward.data(), backward.data(), queue.data(), back.data(), parent.data(),
                      levels.data(), bases.data()};
  std::vector<i32> edges(8 * room), keys(8 * room);
  for (int round = 0; h.keys() > 1 && round < 30; round++) {
    if (round == 9) bases = {UINT32_MAX - 9, UINT32_MAX - 9};  // marks run out and are cleared
    i64 most = 1 + draw() % 3, ptr[4];
    i32 ends[2] = {i32(draw() % h.keys()), i32(draw() % h.keys())};
    PathArgs a{g, {h.key_ptr.data(), h.key_idx.data()}, scratch, ends, 1, most, ptr,
               edges.data(), keys.data(), i64(draw() % 2 ? 1 : edges.size()), made};
    faults += paths(a);
    Row row = Rows{h.key_ptr.data(), h.key_idx.data()}[ends[0]];
    std::vector<i32> sources;
    for (i32 e : row) if (g.has_edge(e)) sources.push_back(e);
    std::vector<i32> via(E);
    i32 onward = 1;
    WalkArgs w{g, sources.data(), i64(sources.size()), steps.data(), via.data(), &onward,
               round % 2, i64(1 + draw() % 3), room, 40, edges.data(), keys.data(), made};
    faults += walks(w);
  }
  return faults;
}

int main() {
  int faults = 0;
  for (i64 edges : {0, 1, 12, 60})
    for (i64 nodes : {0, 1, 9, 25}) {
      Csr2 h = random_hypergraph(edges, nodes), lifted;
      std::vector<u8> edge_ok(edges), node_ok(nodes);
      for (auto& x : edge_ok) x = draw() % 4 > 0;
      for (auto& x : node_ok) x = draw() % 4 > 0;
      faults += lift_and_check(h, &lifted);
      faults += search(h, h, nullptr, nullptr) + search(h, h, edge_ok.data(), node_ok.data());
      faults += search(h, lifted, nullptr, nullptr) + search(h, lifted, edge_ok.data(), nullptr);
    }
  printf("%d faults\n", faults);
  return faults;
}
