"""What generated notes are written with: words, sentences, headings, tags. Plain data, the same for every seed.

The lists of words that make a note's name are disjoint, and no phrase below doubles one: `shape.Shape.name` builds
unique names on that.
"""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _listed("""
Abstract Adaptive Adversarial Algebraic Ambient Analogue Applied Associative Asymptotic Atomic Balanced Bayesian
Bilinear Bounded Causal Central Classical Closed Coarse Cognitive Coherent Collective Compact Comparative Composite
Conditional Convex Cyclic Declarative Deductive Deferred Dense Differential Directed Discrete Distributed Dual
Dynamic Elastic Emergent Empirical Episodic Ergodic Explicit Exponential Federated Finite Formal Fractal Gaussian
Generative Genetic Geometric Global Gradual Hermitian Hidden Hierarchical Holistic Homogeneous Hybrid Implicit
Incremental Inductive Infinite Intrinsic Invariant Inverse Iterative Kinetic Latent Lexical Linear Local Logical
Magnetic Marginal Mechanical Minimal Modal Modular Monotone Mutual Narrative Natural Nested Neutral Nominal Normal
Numeric Optimal Ordinal Organic Orthogonal Parallel Parametric Partial Periodic Persistent Phonetic Planar
Polynomial Positive Practical Primitive Procedural Quantum Radial Random Rational Reactive Recursive Reflexive
Regular Relative Residual Rigid Robust Scalar Semantic Sequential Shallow Singular Smooth Social Solar Sparse
Spatial Spectral Spherical Stable Static Stochastic Structural Symbolic Symmetric Synthetic Tacit Temporal Thermal
Topological Transient Uniform Urban Variable Virtual Visual Weighted
""")

NOUNS = _listed("""
Agreement Algorithm Alignment Alphabet Analogy Anatomy Anchor Archive Argument Array Atlas Attention Attractor Axiom
Baseline Behaviour Benchmark Binding Boundary Branch Budget Buffer Calculus Calendar Capacity Category Cell Century
Channel Chart Circuit Climate Cluster Code Cohort Column Committee Compiler Complexity Concept Consensus Constraint
Context Contract Corpus Covariance Criterion Culture Currency Curriculum Curve Dataset Decoder Defect Dialogue
Dictionary Diffusion Dimension Distance Domain Economy Ecosystem Element Embedding Encoder Energy Entropy
Environment Equation Error Estimate Evidence Experiment Feature Feedback Field Filter Formula Frequency Function
Garden Gradient Grammar Graph Habit Harmony Heuristic History Horizon Hypothesis Identity Image Impulse Index
Inference Instrument Integral Intuition Kernel Knowledge Language Lattice Layer Ledger Library Likelihood Limit
Logic Machine Manifold Margin Market Matrix Memory Metaphor Method Metric Mirror Model Momentum Motive Network Noise
Norm Notation Object Observer Ontology Operator Oracle Orbit Origin Paradox Parameter Particle Pattern Perception
Phase Policy Population Prior Probability Process Program Projection Proof Protocol Query Reality Recipe Reference
Region Register Relation Reservoir Resource Rhythm River Routine Sample Schedule Schema Sensor Sequence Series
Signal Simulation Skill Society Spectrum Statistic Strategy Structure Subject Substrate Surface Symbol Symmetry
Syntax System Taxonomy Template Tensor Theory Threshold Token Topology Tradition Transformer Translation Treaty Tree
Trial Utility Variance Vector Village Vocabulary Workflow
""")

PROCESSES = _listed("""
Acquisition Adaptation Aggregation Allocation Annotation Approximation Arbitration Calibration Classification
Compression Computation Construction Convergence Coordination Correction Debugging Decomposition Deployment
Derivation Detection Discovery Distillation Drafting Editing Elimination Encoding Estimation Evaluation Evolution
Exploration Extraction Factoring Forecasting Gardening Imitation Indexing Initialisation Integration Interpolation
Interpretation Inversion Iteration Learning Maintenance Mapping Matching Measurement Migration Mining Monitoring
Navigation Negotiation Normalisation Optimisation Orchestration Partition Planning Prediction Preservation Pruning
Quantisation Ranking Reading Reasoning Recognition Reconstruction Reduction Regularisation Rehearsal Replication
Representation Retrieval Sampling Scheduling Segmentation Selection Smoothing Sorting Stabilisation Summarisation
Supervision Teaching Testing Tracing Training Transcription Validation Verification Writing
""")

FOLDERS = _listed("""
Areas Biology Books Chemistry Cities Computing Courses Daily Design Economics Engineering Essays Fragments Geography
Health History Ideas Inbox Journal Language Law Linguistics Literature Mathematics Meetings Methods Music Notes
People Philosophy Physics Places Politics Projects Psychology Questions Reading Recipes References Research Résumés
Science Sketches Society Software Sources Statistics Study Talks Teaching Thinking Tools Travel Work Writing
Überblick Éditions 研究 Заметки
""")

VERBS = _listed("""
bounds changes clarifies compares constrains contains describes determines drives enables estimates exceeds explains
extends follows generalises guides holds improves influences informs limits matches measures mirrors motivates needs
organises precedes predicts preserves produces reduces reflects repeats replaces resembles resists reveals scales
shapes shifts simplifies stores structures summarises supports survives transforms
""")

FOREIGN = _listed(
    "attaché café cliché crèche débâcle façade Gödel naïveté piñata résumé smörgåsbord tête-à-tête Zürich Übung"
)

SENTENCES = (
    "The {adj} {noun} {verb} the {noun}, and the {noun} {verb} the {adj} {noun} in turn.",
    "A {noun} that {verb} every {noun} is rarely {adj}.",
    "It is easy to mistake the {noun} for a {adj} {noun}, since both begin with the same {process}.",
    "In practice {process} {verb} the {noun} long before anybody sees the {noun}.",
    "Most accounts of {process} leave out the {adj} {noun}.",
    "Once the {noun} is {adj}, {process} costs about {number} times as much as {process}.",
    "What {verb} the {noun} is not the {noun} itself but its {adj} {noun}.",
    "Compare the {noun} of {year}, when {process} was still done by hand, with the {adj} {noun} of today.",
    "This is **not** the same as {process}: the {noun} {verb} nothing without a {noun}.",
    "The term goes back to {year} and meant a *{adj}* {noun} at first.",
    "With $n = {number}$ the {noun} {verb} the {noun} almost surely.",
    "A ==very {adj} {noun}== {verb} the {noun}; see the {noun} below.",
    "Call `{noun}.{process}()` first, then the {noun} {verb} the {noun}.",
    "There are three reasons: the {noun}, the {adj} {noun}, and {process}.",
    "Like the {foreign} – “a {adj} {noun}”, as they say – it {verb} the {noun} poorly.",
    "Nobody has measured this for a {adj} {noun} yet, though {process} suggests around {number} %.",
    "See [the overview](https://example.org/{noun}/{number}) for the {adj} case.",
    "They tested {number} cases between {year} and {year}, of which the {adj} ones failed.",
    "That the {noun} {verb} the {noun} was shown by hand, by {process}, and later by machine.",
    "Without a {noun}, {process} ends up {adj} at best and wrong at worst.",
)

LINKING_SENTENCES = (
    ("This builds on ", ", which {verb} the {adj} {noun}."),
    ("Compare ", ", where the {noun} {verb} the {noun}."),
    ("As in ", ", the {noun} is {adj} only after {process}."),
    ("The {noun} here is the one of ", ", seen from the side of {process}."),
    ("It contradicts ", " on one point: {process} {verb} the {noun}."),
    ("Both this and ", " {verb} the {noun}, though for {adj} reasons."),
    ("An early form is found in ", ", and the {adj} one in {year}."),
    ("For the {noun}, see ", "; for {process}, read on."),
    ("Where ", " {verb} the {noun}, a {adj} {noun} takes its place."),
    ("The best example (", ") {verb} the {adj} {noun}."),
)

# Each is unlike every other once punctuation, emphasis and case are dropped, so that no two headings of a note are one.
_PLAIN_HEADINGS = """
Definition|Why it matters|Background|Open questions|Related work|Summary|Key ideas|Examples|Counterexamples|
History|Origins|How it works|When to use it|When not to use it|Limits|Trade-offs|Common mistakes|Costs|Benefits|
Assumptions|Evidence|Critique|Applications|In practice|In theory|A short proof|Notation used|Further reading|
Sources|Quotations|My own view|First impressions|Second thoughts|What changed|Next steps|Decisions|Agenda|
Attendees|Results|Discussion|Setup|Measurements|Data|Procedure|Findings|Failure modes|Alternatives|
Comparison with others|Terminology|Etymology|Timeline|Early years|Later years|Legacy|Influences|Main argument|
Objections|Replies|Part one|Part two|Part three|Chapter notes|Vocabulary list|Exercises|Solutions|Hints|
Implementation|Configuration|Installation|Usage|Performance|Security|Accessibility|Testing plan|
Deployment notes|Monitoring notes|Ingredients|Preparation|Variations|Storage|Route|Where to stay|What to see|
Budget lines|Packing list|Opening hours|Strengths|Weaknesses|Opportunities|Risks|Stakeholders|Milestones|
Deliverables|Dependencies|Open tasks|Done so far|Waiting for|Rules of thumb|Worked example|A larger example|
Edge cases|Corner stones|Building blocks|Overview of parts|Small print
"""
HEADINGS = (
    *(heading for line in _PLAIN_HEADINGS.split("\n") for heading in line.split("|") if heading),
    "What is it?",
    "Q: where does it fail?",
    "Pros & cons",
    "Step 1: collect",
    "Step 2: sort",
    "Step 3: write",
    "Version 2.0, and after",
    "The **short** answer",
    "The *long* answer",
    "Running `main()`",
    "People (a list)",
    "✅ Checklist",
    "🧠 Intuitions",
    "Überblick",
    "Résumé des idées",
    "Для начала",
    "背景と目的",
    "It's complicated",
    "Before/after",
    '"Quoted" terms',
    "C++ and others",
    "50% rule",
    "Cost = benefit",
    "Why, how; when",
)

TAGS = _listed("""
ai architecture art/modern biology books books/fiction concept craft data data/quality design draft economics
education essay evergreen experiment geography health history history/modern idea journal language law literature
map mathematics mathematics/algebra meeting memory method ml ml/training music paper person philosophy physics place
politics project project/active project/done psychology question reading recipe reference review science seedling
society software software/tools source statistics system talk teaching thinking todo/later travel writing größe идея
研究
""")

KINDS = _listed("concept concept concept concept source person project meeting book")

CALLOUTS = _listed("note tip warning info quote example question summary todo abstract")

CODE = (
    ("python", "def kernel(rows):\n    return [[0, 1], [1, 0]][len(rows) % 2]"),
    ("bash", 'if [[ -f "$1" ]]; then\n  wc -l "$1"  # [[not a link]]\nfi'),
    ("yaml", "steps:\n  - name: collect\n    # no heading, no tag: #collect\n    run: true"),
    ("mermaid", "graph LR\n  Corpus --> Model\n  Model --> Answer"),
    ("", "| not | a table |\n![[not an embed]]\n^not-a-block"),
    ("sql", "SELECT note, count(*) FROM links GROUP BY note;"),
)
