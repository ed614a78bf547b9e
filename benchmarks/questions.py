"""Questions that the bundled library can answer, and questions that it can't."""

ANSWERED_BY_DEMO = """
How does the graph transformer encode the position of nodes?
Which models scale to graphs with millions of nodes?
What does Autoformer use for long-term time series forecasting?
Which benchmark holds Olympiad problems?
How can backdoor attacks on text-to-image diffusion models be detected?
What causes rank collapse in very deep transformers?
Which graph neural network uses top-m attention?
How does a knowledge graph improve recommendation?
What is a graph lottery ticket?
How does the loss fall with model size and compute?
Is self-attention equivalent to a support vector machine?
How many ownership links does the capital network of the economy have?
Which method predicts traffic on a road network?
Who builds hypergraphs of the scientific literature?
What is the complexity of Flowformer's attention?
Can a graph neural network with a virtual node approximate a graph transformer?
How is person re-identification done with graph attention?
Which datasets test geometry problem solving?
How does MatFormer extract smaller models?
What do state space models bring to learning on graphs?
When does the noise of stochastic gradient descent help generalization?
How are transformers trained for simulations on meshes?
What is the superficial alignment hypothesis?
How do vision models compare with graph neural networks in graph understanding?
"""

ANSWERED_BY_NONE = """
Does vitamin D reduce the risk of fractures?
What is the boiling point of ethanol?
Who won the football world cup in 1998?
How do bees tell each other the direction of food?
Which treaty ended the Thirty Years' War?
What causes the northern lights?
How is sourdough bread leavened?
Which gene is mutated in cystic fibrosis?
What is the capital of Mongolia?
How does a heat pump work in winter?
Which interest rate did the central bank set?
How long do elephants carry their young?
"""

# Computer science, but none of what the demo library is about.
NEAR_DEMO = """
Which loss trains a generative adversarial network?
How are SQL queries optimized by a database planner?
What is the word error rate of speech recognizers for Swahili?
How does differential privacy protect a user's location?
Which robot grasps transparent objects?
How does federated learning cope with stragglers?
How secure is lattice-based cryptography?
How are code clones found in large repositories?
Which system for simultaneous localization and mapping runs on drones?
How do compilers allocate registers?
Which active learning strategy labels medical images?
How is coreference resolved in dialogue?
"""
