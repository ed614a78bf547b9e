// Closeness and betweenness of hyperedges in the s-graph, summed over the given sources.
#pragma once
#include "hypergraph_search.h"

struct ClosenessArgs {
  Bipartite g;
  const i32* sources;
  i64 count;
  double *total, *inverse;  // [edges]: sums of distances and of their inverses from the sources
  i32 *reached, *farthest;  // [edges]: how many sources reach it, and the largest distance
};

inline int closeness(const ClosenessArgs& a) {
  Breadth search(a.g);
  Buffer<i32> steps(a.g.edges);
  if (!search.ok() || !steps.ok()) return 1;
  std::fill(steps.data, steps.data + a.g.edges, -1);
  for (i64 i = 0; i < a.count; i++) {
    search.queue[0] = a.sources[i];
    steps[a.sources[i]] = 0;
    i64 reached = search.run(1, steps.data, a.g.edges, nullptr);
    search.forget(reached);
    for (i64 at = 0; at < reached; at++) {
      i32 edge = search.queue[at], far = steps[edge];
      a.total[edge] += far;
      a.inverse[edge] += far ? 1.0 / far : 0;
      a.reached[edge]++;
      a.farthest[edge] = std::max(a.farthest[edge], far);
      steps[edge] = -1;
    }
  }
  return 0;
}

struct BetweennessArgs {
  Bipartite g;
  const i32* sources;
  i64 count;
  double* passed;  // [edges]: sum over sources and targets of the share of shortest paths
};

// Brandes (2001), without the line graph: all pairs one step apart share a key that was first
// seen from the nearer one, so each key is walked at one depth only.
struct Brandes {
  const BetweennessArgs& a;
  Buffer<i32> steps, key_steps, queue, key_queue, farther;
  Buffer<double> paths, share;

  explicit Brandes(const BetweennessArgs& args)
      : a(args), steps(a.g.edges), key_steps(a.g.keys), queue(a.g.edges), key_queue(a.g.keys),
        farther(a.g.edges), paths(a.g.edges), share(a.g.edges) {
    if (!ok()) return;
    std::fill(steps.data, steps.data + a.g.edges, -1);
    std::fill(key_steps.data, key_steps.data + a.g.keys, -1);
  }
  bool ok() const {
    return steps.ok() && key_steps.ok() && queue.ok() && key_queue.ok() && farther.ok() &&
           paths.ok() && share.ok();
  }

  template <class F> void each_pair(i32 key, F visit) {  // (nearer, farther), one step apart
    i64 count = 0, depth = key_steps[key];
    for (i32 edge : a.g.key_edges[key])
      if (steps[edge] == depth + 1) farther[count++] = edge;
    if (!count) return;
    for (i32 near : a.g.key_edges[key]) {
      if (steps[near] != depth) continue;
      for (i64 i = 0; i < count; i++)
        if (a.g.is_first_common(key, near, farther[i])) visit(near, farther[i]);
    }
  }

  void from(i32 source) {
    i64 edges = 1, keys = 0, counted = 0;
    queue[0] = source, steps[source] = 0, paths[source] = 1;
    for (i64 at = 0; at < edges; at++) {
      i32 edge = queue[at];
      // All of this depth are known once its first is taken; so are the keys before it.
      for (; counted < keys && key_steps[key_queue[counted]] < steps[edge]; counted++)
        each_pair(key_queue[counted], [&](i32 near, i32 far) { paths[far] += paths[near]; });
      for (i32 key : a.g.edge_keys[edge]) {
        if (key_steps[key] >= 0 || !a.g.has_key(key)) continue;
        key_steps[key] = steps[edge];
        key_queue[keys++] = key;
        for (i32 next : a.g.key_edges[key]) {
          if (steps[next] >= 0 || !a.g.has_edge(next)) continue;
          steps[next] = steps[edge] + 1;
          queue[edges++] = next;
        }
      }
    }
    for (i64 at = keys; at-- > 0;)
      each_pair(key_queue[at], [&](i32 near, i32 far) {
        share[near] += paths[near] / paths[far] * (1 + share[far]);
      });
    for (i64 at = 0; at < edges; at++) {
      i32 edge = queue[at];
      if (edge != source) a.passed[edge] += share[edge];
      steps[edge] = -1, paths[edge] = share[edge] = 0;
    }
    for (i64 at = 0; at < keys; at++) key_steps[key_queue[at]] = -1;
  }
};

inline int betweenness(const BetweennessArgs& a) {
  Brandes brandes(a);
  if (!brandes.ok()) return 1;
  for (i64 i = 0; i < a.count; i++) brandes.from(a.sources[i]);
  return 0;
}
