package tabular

// glossary explains the words of the evidence that are not everybody's. It stands on the page
// before whatever uses them, and in the workbook.
var glossary = []fact{
	{"Needs a look", "It is an exception: it has an explanation, or has to be remedied. It is no failure of a control by itself."},
	{"Gap", "Something that the evidence does not show. Nothing may be concluded from it."},
	{"Pass, snapshot", "In a pass ajar reads an organization once; what GitHub showed then is the snapshot."},
	{"Stretch", "Snapshots in a row in which a kind of data was seen equally far: whole, in part, or not."},
	{"Counts as seen", "Two passes lie no further apart than was promised, and a tenth more. What lies further apart is a gap."},
	{"Grant", "One access that GitHub stores: somebody, what they can do, on what, and by which way: a team, ownership, directly."},
	{"Came, went", "A grant came where a snapshot shows it and the one before does not; it went the other way round."},
	{"Gate", "What stands before a deployment to an environment: who has to approve, a waiting time, which branches may."},
	{"Baseline", "What the organization says that it allows, in a file. Entitled is what the baseline in force then allows."},
	{"Finding", "Something that deviates from the baseline or a rule. It is over when an audit no longer finds it, for whatever reason."},
	{"Waiver", "A finding is accepted, by whom and until when."},
	{"Plan, run", "A plan lists changes by which ajar would take access back; its losers are those who would lose some. A run carries a plan out."},
	{"Out of band", "No plan of ajar explains the change: somebody made it on GitHub."},
	{"Hold", "While it lasts ajar reads and judges, and no plan can run."},
}
