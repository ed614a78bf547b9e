// Components, distances, and overlaps, in time linear in the incidences that are touched.
#pragma once
#include "hypergraph_rows.h"

struct ComponentArgs {
  Bipartite g;
  i32* label;  // [edges]: the smallest hyperedge of the component, -1 for masked ones
};

inline i32 root(i32* parent, i32 x) {
  while (parent[x] != x) x = parent[x] = parent[parent[x]];
  return x;
}

inline int components(const ComponentArgs& a) {
  const Bipartite& g = a.g;
  for (i64 e = 0; e < g.edges; e++) a.label[e] = g.has_edge(e) ? i32(e) : -1;
  for (i64 k = 0; k < g.keys; k++) {
    if (!g.has_key(k)) continue;
    i32 joined = -1;
    for (i32 e : g.key_edges[k]) {
      if (!g.has_edge(e)) continue;
      i32 other = root(a.label, e);
      if (joined < 0) joined = other;
      if (other < joined) std::swap(other, joined);
      a.label[other] = joined;  // the smaller row is the root
    }
  }
  // A parent is never larger than its child, so one ascending pass flattens all.
  for (i64 e = 0; e < g.edges; e++)
    if (a.label[e] >= 0) a.label[e] = a.label[a.label[e]];
  return 0;
}

// Breadth-first search over hyperedges; each key is expanded once.
struct Breadth {
  const Bipartite& g;
  Buffer<i32> queue;
  Buffer<u8> seen;  // keys
  explicit Breadth(const Bipartite& graph) : g(graph), queue(graph.edges), seen(graph.keys) {}
  bool ok() const { return queue.ok() && seen.ok(); }

  // Fill `steps` (-1 before) from the first `reached` of the queue, and return how many of the
  // queue are reached in the end. Beyond `most` steps, and behind blocked edges, nothing is.
  i64 run(i64 reached, i32* steps, i64 most, const u8* blocked) {
    for (i64 at = 0; at < reached; at++) {
      i32 edge = queue[at];
      if (steps[edge] >= most || (blocked && blocked[edge])) continue;
      for (i32 key : g.edge_keys[edge]) {
        if (seen[key] || !g.has_key(key)) continue;
        seen[key] = 1;
        for (i32 next : g.key_edges[key]) {
          if (steps[next] >= 0 || !g.has_edge(next)) continue;
          steps[next] = steps[edge] + 1;
          queue[reached++] = next;
        }
      }
    }
    return reached;
  }

  void forget(i64 reached) {  // the keys that a search has seen
    for (i64 at = 0; at < reached; at++)
      for (i32 key : g.edge_keys[queue[at]]) seen[key] = 0;
  }
};

struct DistanceArgs {
  Bipartite g;
  const i32* sources;
  i64 count, most;
  const u8* blocked;  // hyperedges that can be reached but not passed, or null
  i32* steps;         // [edges]: -1 where nothing leads
};

inline int distances(const DistanceArgs& a) {
  Breadth search(a.g);
  if (!search.ok()) return 1;
  std::fill(a.steps, a.steps + a.g.edges, -1);
  i64 reached = 0;
  for (i64 i = 0; i < a.count; i++) {
    i32 edge = a.sources[i];
    if (!a.g.has_edge(edge) || a.steps[edge] == 0) continue;
    a.steps[edge] = 0;
    search.queue[reached++] = edge;
  }
  search.run(reached, a.steps, a.most, a.blocked);
  return 0;
}

struct OverlapArgs {
  Bipartite g;  // keys are nodes
  i64 edge, least;
  i32* shared;  // [edges], zero before and after
  i32 *found, *counts;
  i64* made;
};

// The hyperedges that share at least `least` nodes with one: those must stand at one of its
// rarest nodes, all but `least` - 1; the frequent ones are only asked whether they have them.
inline int overlaps(const OverlapArgs& a) {
  Row own = a.g.edge_keys[a.edge];
  Buffer<i32> nodes(own.size());
  if (!nodes.ok()) return 1;
  i64 size = 0, reached = 0, made = 0;
  for (i32 node : own)
    if (a.g.has_key(node)) nodes[size++] = node;
  std::sort(nodes.data, nodes.data + size, [&](i32 x, i32 y) {
    i64 left = a.g.key_edges[x].size(), right = a.g.key_edges[y].size();
    return left != right ? left < right : x < y;
  });
  i64 rare = std::max<i64>(size - a.least + 1, 0);
  for (i64 i = 0; i < rare; i++)
    for (i32 edge : a.g.key_edges[nodes[i]])
      if (edge != a.edge && a.g.has_edge(edge) && a.shared[edge]++ == 0) a.found[reached++] = edge;
  for (i64 i = 0; i < reached; i++) {
    i32 edge = a.found[i], shared = a.shared[edge];
    a.shared[edge] = 0;
    Row row = a.g.edge_keys[edge];
    for (i64 j = rare; j < size; j++) shared += std::binary_search(row.first, row.last, nodes[j]);
    if (shared >= a.least) a.found[made] = edge, a.counts[made++] = shared;
  }
  *a.made = made;
  return 0;
}

struct ProfileArgs {
  Bipartite g;
  i64* pairs;  // [largest size + 1]: pairs of hyperedges by the number of shared nodes
};

inline int profile(const ProfileArgs& a) {
  Buffer<i32> shared(a.g.edges), met(a.g.edges);
  if (!shared.ok() || !met.ok()) return 1;
  for (i64 edge = 0; edge < a.g.edges; edge++) {
    if (!a.g.has_edge(edge)) continue;
    i64 reached = 0;
    for (i32 node : a.g.edge_keys[edge]) {
      if (!a.g.has_key(node)) continue;
      Row row = a.g.key_edges[node];
      for (const i32* e = row.last; e > row.first && e[-1] > edge; e--)
        if (a.g.has_edge(e[-1]) && shared[e[-1]]++ == 0) met[reached++] = e[-1];
    }
    for (i64 i = 0; i < reached; i++) a.pairs[shared[met[i]]]++, shared[met[i]] = 0;
  }
  return 0;
}
