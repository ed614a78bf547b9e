// The plain C interface: one function an operation, each taking one packed struct and returning
// 0, or 1 when memory for its work space is short. Knows neither Python nor torch.
#include "attention.h"
#include "floor.h"
#include "general.h"
#include "hypergraph.h"
#include "reduce.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT int paperflow_abi() { return 4; }
EXPORT void paperflow_set_threads(void* parallel_for) {
  g_parallel_for = reinterpret_cast<ParallelFor>(parallel_for);
}

template <class M> static int attention(const AttentionArgs* a, M method) {
  return with_dtype(a->dtype, [&](auto stored) {
    return with_shape<decltype(stored)>(a->heads, a->width, [&](const auto& shape) {
      return method(Attention<decltype(stored)>{shape, *a});
    });
  });
}

EXPORT int paperflow_attention_forward(const AttentionArgs* a) {
  return attention(a, [](const auto& kernel) { return kernel.forward(); });
}
EXPORT int paperflow_attention_backward_sources(const AttentionArgs* a) {
  return attention(a, [](const auto& kernel) { return kernel.backward_sources(); });
}
EXPORT int paperflow_attention_backward_destinations(const AttentionArgs* a) {
  return attention(a, [](const auto& kernel) { return kernel.backward_destinations(); });
}

EXPORT int paperflow_gather_floor(const FloorArgs* f) {
  return with_dtype(f->dtype, [&](auto stored) { return gather_floor<decltype(stored)>(*f); });
}

// Chunks of rows: how many partial sums of GATv2's attention vector there are.
EXPORT i64 paperflow_chunks(i64 rows, i64 edges) {
  return chunk_count(Csr{nullptr, nullptr, nullptr, rows, edges});
}

template <class M> static int general(const GeneralArgs* a, M method) {
  return with_dtype(a->dtype, [&](auto stored) {
    return with_shape<decltype(stored)>(a->heads, a->width, [&](const auto& shape) {
      return method(General<decltype(stored)>{shape, *a});
    });
  });
}
EXPORT int paperflow_general_forward(const GeneralArgs* a) {
  return general(a, [](const auto& kernel) { return kernel.forward(); });
}
EXPORT int paperflow_general_backward(const GeneralArgs* a) {
  return general(a, [](const auto& kernel) { return kernel.backward_destinations(); });
}
EXPORT int paperflow_gatv2_sources(const GeneralArgs* a) {
  return general(a, [](const auto& kernel) { return kernel.gatv2_sources(); });
}

template <class M> static int reduce(const ReduceArgs* a, M method) {
  return with_dtype(a->dtype, [&](auto stored) {
    return with_shape<decltype(stored)>(a->heads, a->width, [&](const auto& shape) {
      return method(Reduce<decltype(stored)>{shape, *a});
    });
  });
}
EXPORT int paperflow_reduce(const ReduceArgs* a) {
  return reduce(a, [](const auto& kernel) { return kernel.sum(); });
}
EXPORT int paperflow_extreme(const ReduceArgs* a) {
  return reduce(a, [](const auto& kernel) { return kernel.extreme(); });
}
EXPORT int paperflow_extreme_backward(const ReduceArgs* a) {
  return reduce(a, [](const auto& kernel) { return kernel.extreme_backward(); });
}
EXPORT int paperflow_sddmm(const SddmmArgs* a) {
  return with_dtype(a->dtype, [&](auto stored) {
    return with_shape<decltype(stored)>(a->heads, a->width,
                                        [&](const auto& shape) { return sddmm(shape, *a); });
  });
}
EXPORT int paperflow_edge_softmax(const SoftmaxArgs* a) {
  return with_dtype(a->dtype, [&](auto stored) { return edge_softmax<decltype(stored)>(*a); });
}

EXPORT int paperflow_hypergraph_transpose(const TransposeArgs* a) { return transpose(*a); }
EXPORT int paperflow_hypergraph_normalise(const NormaliseArgs* a) { return normalise(*a); }
EXPORT int paperflow_hypergraph_extend(const ExtendArgs* a) { return extend(*a); }
EXPORT int paperflow_hypergraph_intern(const InternArgs* a) { return intern(*a); }
EXPORT int paperflow_hypergraph_lift(const LiftArgs* a) { return lift(*a); }
EXPORT int paperflow_hypergraph_components(const ComponentArgs* a) { return components(*a); }
EXPORT int paperflow_hypergraph_distances(const DistanceArgs* a) { return distances(*a); }
EXPORT int paperflow_hypergraph_overlaps(const OverlapArgs* a) { return overlaps(*a); }
EXPORT int paperflow_hypergraph_profile(const ProfileArgs* a) { return profile(*a); }
EXPORT int paperflow_hypergraph_closeness(const ClosenessArgs* a) { return closeness(*a); }
EXPORT int paperflow_hypergraph_betweenness(const BetweennessArgs* a) { return betweenness(*a); }
EXPORT int paperflow_hypergraph_paths(const PathArgs* a) { return paths(*a); }
EXPORT int paperflow_hypergraph_walks(const WalkArgs* a) { return walks(*a); }
