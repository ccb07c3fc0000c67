package analyzer

// Control is a requirement of a framework whose fulfilment the findings of a
// rule, or their absence, support. They never prove it by themselves.
type Control struct {
	Framework string `json:"framework"`
	ID        string `json:"id"`
	Title     string `json:"title"`
}

// The frameworks.
const (
	SOC2 = "SOC 2"          // AICPA Trust Services Criteria, 2017 with the points of focus of 2022
	ISO  = "ISO 27001:2022" // Annex A
	NIST = "NIST 800-53"    // revision 5
	CIS  = "CIS GitHub"     // CIS GitHub Benchmark v1
)

// catalog holds every control that a rule may name, and those that what ajar keeps
// supports beside its rules, by its id; an id belongs to one framework.
var catalog = []Control{
	{SOC2, "CC4.1", "Ongoing and separate evaluations of controls"},
	{SOC2, "CC6.1", "Logical access security over protected assets"},
	{SOC2, "CC6.2", "Registration, authorization and removal of users"},
	{SOC2, "CC6.3", "Access by role, least privilege and segregation of duties"},
	{SOC2, "CC7.2", "Monitoring of components for anomalies"},
	{SOC2, "CC8.1", "Authorized, tested and approved changes"},

	{ISO, "A.5.3", "Segregation of duties"},
	{ISO, "A.5.15", "Access control"},
	{ISO, "A.5.16", "Identity management"},
	{ISO, "A.5.17", "Authentication information"},
	{ISO, "A.5.18", "Access rights"},
	{ISO, "A.5.28", "Collection of evidence"},
	{ISO, "A.5.29", "Information security during disruption"},
	{ISO, "A.8.2", "Privileged access rights"},
	{ISO, "A.8.3", "Information access restriction"},
	{ISO, "A.8.4", "Access to source code"},
	{ISO, "A.8.5", "Secure authentication"},
	{ISO, "A.8.15", "Logging"},
	{ISO, "A.8.16", "Monitoring activities"},
	{ISO, "A.8.31", "Separation of development, test and production environments"},
	{ISO, "A.8.32", "Change management"},

	{NIST, "AC-2", "Account management"},
	{NIST, "AC-2(3)", "Disable accounts"},
	{NIST, "AC-3", "Access enforcement"},
	{NIST, "AC-5", "Separation of duties"},
	{NIST, "AC-6", "Least privilege"},
	{NIST, "AC-6(5)", "Privileged accounts"},
	{NIST, "AC-6(7)", "Review of user privileges"},
	{NIST, "AU-9", "Protection of audit information"},
	{NIST, "AU-10", "Non-repudiation"},
	{NIST, "CA-7", "Continuous monitoring"},
	{NIST, "CM-3", "Configuration change control"},
	{NIST, "CM-5", "Access restrictions for change"},
	{NIST, "CP-2", "Contingency plan"},
	{NIST, "IA-2(1)", "Multi-factor authentication to privileged accounts"},
	{NIST, "IA-2(2)", "Multi-factor authentication to non-privileged accounts"},
	{NIST, "IA-5", "Authenticator management"},

	{CIS, "1.3.1", "Inactive users are reviewed and removed periodically"},
	{CIS, "1.3.3", "Minimum number of administrators of the organization"},
	{CIS, "1.3.5", "The organization requires multi-factor authentication of members"},
	{CIS, "1.3.8", "Strict base permissions for repositories"},
}

// Controls lists the controls of a framework that rules or what ajar keeps support, in
// the order of the catalog.
func Controls(framework string) []Control {
	var out []Control
	for _, c := range catalog {
		if c.Framework == framework {
			out = append(out, c)
		}
	}
	return out
}

// supports picks controls by id, in the order of the catalog.
func supports(ids ...string) []Control {
	var out []Control
	for _, c := range catalog {
		for _, id := range ids {
			if c.ID == id {
				out = append(out, c)
			}
		}
	}
	return out
}
