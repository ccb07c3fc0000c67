package evidence

// statement says what ajar's records show about a control, in ajar's own words, and
// which parts of them do.
type statement struct {
	text   string
	topics []topic
}

const (
	whoCan = "The records show who held which access in the organization on GitHub at the start and at the end of the period, and each change in between with when it was seen and, where the audit log tells, by whom."
	helps  = " What lies outside of GitHub is not in them."
)

// statements are those of every control of the catalog.
var statements = map[string]statement{
	// SOC 2: Trust Services Criteria of 2017, points of focus of 2022.
	"CC4.1": {"The records show how often access was held against its baseline, how much was seen each time, what deviated and for how long. This supports ongoing evaluation of the controls over access." + helps,
		[]topic{operation, population, holds}},
	"CC6.1": {whoCan + " They name what is privileged, what has no second factor, and keys and tokens that can write. This supports logical access security over source code and deployments." + helps,
		[]topic{population, privilegedAccess, owners, secondFactor, basePermission}},
	"CC6.2": {whoCan + " They name people and invitations that are in no baseline or no longer used. This supports registering people before they get access and removing them afterwards." + helps,
		[]topic{population, accessChanges, remediation}},
	"CC6.3": {whoCan + " They hold this against roles, least privilege and separation of duties as the baseline states them, and show what was taken back. This supports granting, changing and removing access by role." + helps,
		[]topic{population, accessChanges, privilegedAccess, owners, environments, remediation}},
	"CC7.2": {"The records show that access and gates were watched through the period, which deviations were found, whom they were told to, and what became of them. This supports monitoring for anomalies." + helps,
		[]topic{operation, accessChanges, settingChanges, holds, notices, findingLives}},
	"CC8.1": {"The records show which gates stood before deployments, who could approve or go past them, how gates and settings changed, and which changes of access ran by an approved plan. This supports authorizing changes before they are made." + helps,
		[]topic{environments, settingChanges, remediation}},

	// ISO/IEC 27001:2022, Annex A.
	"A.5.3": {"The records show who could approve a deployment, who could start one, and who could go past the gate. This supports separating duties that conflict." + helps,
		[]topic{environments}},
	"A.5.15": {whoCan + " They hold it against the baseline, by which access is allowed. This supports rules of access that are set and kept." + helps,
		[]topic{population, basePermission}},
	"A.5.16": {whoCan + " They name accounts, invitations and outside collaborators that are in no baseline or unused. This supports looking after identities through their whole life." + helps,
		[]topic{population, accessChanges}},
	"A.5.17": {"The records show who had a second factor, whether it was demanded, and which keys and tokens could write. This supports looking after what people and programs authenticate with." + helps,
		[]topic{secondFactor}},
	"A.5.18": {whoCan + " They show what was reviewed against the baseline, what was taken back and by which approval. This supports granting, reviewing, changing and removing rights of access." + helps,
		[]topic{population, accessChanges, remediation}},
	"A.5.28": {"The records are kept in a journal whose entries follow from each other and are signed, and say of each number how it is counted. This supports collecting evidence that can be checked." + helps,
		[]topic{journalKept, operation}},
	"A.5.29": {"The records show how many owners and administrators there were and whether reviewers could act. This supports being able to act in a disruption." + helps,
		[]topic{owners, environments}},
	"A.8.2": {"The records show who held privileged access at the start and at the end, by which way, until when, and whether the baseline allows it. This supports restricting and managing privileged rights." + helps,
		[]topic{privilegedAccess, owners, remediation}},
	"A.8.3": {whoCan + " They name access to repositories and environments beyond the baseline. This supports restricting access to information." + helps,
		[]topic{population, basePermission, environments}},
	"A.8.4": {"The records show who could read, write and administer each repository, and each change of that. This supports managing access to source code." + helps,
		[]topic{population, accessChanges, privilegedAccess, basePermission}},
	"A.8.5": {"The records show which owners and members had a second factor and whether the organization demands one. This supports secure authentication." + helps,
		[]topic{secondFactor}},
	"A.8.15": {"The records keep what was decided, done and seen in a journal whose entries follow from each other and are signed, with who did what. This supports logging that is protected against change." + helps,
		[]topic{journalKept, operation, accessChanges}},
	"A.8.16": {"The records show that access and gates were watched through the period, what deviated, whom it was told to and what became of it. This supports monitoring for anomalous behaviour." + helps,
		[]topic{operation, accessChanges, settingChanges, notices, findingLives}},
	"A.8.31": {"The records show what guards each deployment environment and who can get into it, approve, or go past the gate. This supports separating production from development and test." + helps,
		[]topic{environments, settingChanges}},
	"A.8.32": {"The records show the gates before deployments and how they changed, and which changes of access ran by an approved plan. This supports controlling changes." + helps,
		[]topic{environments, settingChanges, remediation}},

	// NIST SP 800-53, revision 5.
	"AC-2": {whoCan + " They name accounts that are unused, not allowed, or beyond their end, and what was taken back. This supports managing accounts." + helps,
		[]topic{population, accessChanges, owners, remediation}},
	"AC-2(3)": {"The records name members, outside collaborators and keys that were not used for the time that the configuration gives, and when they were gone. This supports disabling accounts that are not used." + helps,
		[]topic{accessChanges, remediation}},
	"AC-3": {whoCan + " They hold it against the baseline. This supports enforcing access as it was authorized." + helps,
		[]topic{population, basePermission}},
	"AC-5": {"The records show who could approve a deployment, who could start one, and who could go past the gate. This supports separation of duties." + helps,
		[]topic{environments}},
	"AC-6": {whoCan + " They name what goes beyond the baseline and what is unused. This supports least privilege." + helps,
		[]topic{population, privilegedAccess, basePermission}},
	"AC-6(5)": {"The records show who held privileged access at the start and at the end, by which way, until when, and whether the baseline allows it. This supports restricting privileged accounts to those who need them." + helps,
		[]topic{privilegedAccess, owners}},
	"AC-6(7)": {"The records show each judgement of privileges against the baseline, what was taken back afterwards, and what was accepted until when. This supports reviewing privileges and removing those that are not needed." + helps,
		[]topic{operation, privilegedAccess, remediation}},
	"AU-9": {"The records are entries of a log whose entries follow from each other and are signed; a change, a removal or a cut end shows when it is verified. This supports protecting audit information." + helps,
		[]topic{journalKept}},
	"AU-10": {"The records name who approved and started each change that ajar made, in signed entries. This supports that an action cannot be denied afterwards." + helps,
		[]topic{journalKept, remediation}},
	"CA-7": {"The records show how often access was judged in the period, how much was seen each time, what deviated and for how long. This supports continuous monitoring." + helps,
		[]topic{operation, notices, holds, findingLives}},
	"CM-3": {"The records show how gates and settings changed, and which changes ran by an approved plan. This supports controlling changes of the configuration." + helps,
		[]topic{settingChanges, environments, remediation}},
	"CM-5": {"The records show who could write to repositories and change or go past gates. This supports restricting who may make changes." + helps,
		[]topic{privilegedAccess, environments, settingChanges}},
	"CP-2": {"The records show how many owners and administrators there were and whether reviewers could act. This supports planning for contingencies." + helps,
		[]topic{owners, environments}},
	"IA-2(1)": {"The records show which owners had a second factor and whether the organization demands one. This supports authentication of privileged accounts by more than one factor." + helps,
		[]topic{secondFactor}},
	"IA-2(2)": {"The records show whether the organization demands a second factor, and findings about members without one. This supports authentication of other accounts by more than one factor." + helps,
		[]topic{secondFactor}},
	"IA-5": {"The records name keys and tokens that can write, and keys that were not used. This supports managing authenticators." + helps, nil},

	// CIS GitHub Benchmark.
	"1.3.1": {"The records name members and outside collaborators without activity for the time that the configuration gives, and when they were gone. This supports reviewing and removing inactive users." + helps,
		[]topic{accessChanges}},
	"1.3.3": {"The records show the owners at the start and at the end and whether the baseline lists them. This supports keeping administrators few." + helps,
		[]topic{owners}},
	"1.3.5": {"The records show whether the organization demands a second factor, and who of its owners has one. This supports demanding it of members." + helps,
		[]topic{secondFactor}},
	"1.3.8": {"The records show what every member can do on every repository by the base permission. This supports strict base permissions." + helps,
		[]topic{basePermission, population}},
}
