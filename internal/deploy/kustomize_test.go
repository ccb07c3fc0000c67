package deploy

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/eb661601/ajar/internal/config"
)

// documents reads YAML of several documents, by "Kind/name".
func documents(t *testing.T, text string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, part := range strings.Split(text, "\n---\n") {
		var doc map[string]any
		if err := yaml.Unmarshal([]byte(part), &doc); err != nil {
			t.Fatalf("%v in:\n%s", err, part)
		}
		out[at[string](t, doc, "kind")+"/"+at[string](t, doc, "metadata", "name")] = doc
	}
	return out
}

// at walks down maps and lists ("0" is the first of one) to a value.
func at[T any](t *testing.T, doc any, path ...string) T {
	t.Helper()
	v := doc
	for _, step := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			if step != "0" || len(x) == 0 {
				t.Fatalf("%v: there is no %s", path, step)
			}
			v = x[0]
		default:
			t.Fatalf("%v: nothing at %s", path, step)
		}
	}
	out, ok := v.(T)
	if !ok {
		t.Fatalf("%v is %T (%v)", path, v, v)
	}
	return out
}

// built runs kustomize, which is a part of kubectl.
func built(t *testing.T, folder string) map[string]map[string]any {
	t.Helper()
	for _, tool := range [][]string{{"kubectl", "kustomize"}, {"kustomize", "build"}} {
		path, err := exec.LookPath(tool[0])
		if err != nil {
			continue
		}
		out, err := exec.CommandContext(t.Context(), path, tool[1], shipped("kustomize", folder)).Output()
		if err != nil {
			t.Fatalf("%v: %v", tool, err)
		}
		return documents(t, string(out))
	}
	t.Skip("neither kubectl nor kustomize is installed")
	return nil
}

// container is the one of the deployment, as the file has it.
func container(t *testing.T) (pod, one map[string]any) {
	t.Helper()
	doc := documents(t, text(t, "kustomize", "base", "deployment.yaml"))["Deployment/ajar"]
	if n := at[int](t, doc, "spec", "replicas"); n != 1 || at[string](t, doc, "spec", "strategy", "type") != "Recreate" {
		t.Errorf("%d replicas: a store has one daemon, and the old one goes first", n)
	}
	pod = at[map[string]any](t, doc, "spec", "template", "spec")
	if n := len(at[[]any](t, pod, "containers")); n != 1 {
		t.Fatalf("%d containers", n)
	}
	return pod, at[map[string]any](t, pod, "containers", "0")
}

func TestPodIsRestricted(t *testing.T) {
	pod, one := container(t)
	for _, path := range [][]string{{"securityContext", "runAsNonRoot"}} {
		if !at[bool](t, pod, path...) {
			t.Errorf("%v is not set", path)
		}
	}
	if at[bool](t, pod, "automountServiceAccountToken") || at[bool](t, pod, "enableServiceLinks") {
		t.Error("the pod is told of the cluster")
	}
	for _, id := range []string{"runAsUser", "runAsGroup", "fsGroup"} {
		if got := at[int](t, pod, "securityContext", id); got != 65532 {
			t.Errorf("%s is %d", id, got)
		}
	}
	if at[string](t, pod, "securityContext", "seccompProfile", "type") != "RuntimeDefault" {
		t.Error("no profile of system calls")
	}
	if at[bool](t, one, "securityContext", "allowPrivilegeEscalation") || !at[bool](t, one, "securityContext", "readOnlyRootFilesystem") {
		t.Error("the container may change itself")
	}
	if got := at[[]any](t, one, "securityContext", "capabilities", "drop"); len(got) != 1 || got[0] != "ALL" {
		t.Errorf("capabilities are dropped: %v", got)
	}
	if image := at[string](t, one, "image"); strings.HasSuffix(image, ":latest") || !strings.Contains(image, ":") {
		t.Errorf("the image %s is whatever is newest", image)
	}
	if grace := at[int](t, pod, "terminationGracePeriodSeconds"); grace < 35 {
		t.Errorf("it is killed after %d seconds, and may take 30", grace)
	}
	for _, probe := range []string{"startupProbe", "livenessProbe", "readinessProbe"} {
		if cmd := at[[]any](t, one, probe, "exec", "command"); len(cmd) < 2 || cmd[0] != "/ajar" {
			t.Errorf("%s asks %v", probe, cmd)
		}
	}
	if !slices.Contains(at[[]any](t, one, "args"), any("--read-only")) {
		t.Error("the base may change things without an overlay saying so")
	}
}

// TestMountsAreWhatTheConfigurationNames reads the configurations as the daemon
// does, and looks for what they name among the mounts.
func TestMountsAreWhatTheConfigurationNames(t *testing.T) {
	_, one := container(t)
	var mounts []string
	for _, m := range at[[]any](t, one, "volumeMounts") {
		mounts = append(mounts, at[string](t, m, "mountPath"))
	}
	for _, folder := range []string{"base", "example"} {
		c, err := config.Load(shipped("kustomize", folder, "config.toml"))
		if err != nil {
			t.Fatalf("%s: %v", folder, err)
		}
		paths := []string{c.StorePath, c.Server.CertFile, c.Server.KeyFile, c.GitHub.Read[0].PrivateKeyFile, c.Baseline.Paths[0]}
		for _, path := range paths {
			if path != "" && !slices.Contains(mounts, filepath.Dir(path)) {
				t.Errorf("%s: %s lies in none of %v", folder, path, mounts)
			}
		}
	}
	env := map[string]string{}
	for _, e := range at[[]any](t, one, "env") {
		env[at[string](t, e, "name")] = at[string](t, e, "value")
	}
	for _, name := range []string{"STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "TMPDIR"} {
		if !slices.Contains(mounts, env[name]) {
			t.Errorf("$%s is %q, where nothing is mounted", name, env[name])
		}
	}
}

func TestManifestsFitTogether(t *testing.T) {
	base := built(t, "base")
	for _, kind := range []string{"Deployment", "Namespace", "ServiceAccount", "PersistentVolumeClaim", "Service", "NetworkPolicy"} {
		if !slices.ContainsFunc(keys(base), func(k string) bool { return strings.HasPrefix(k, kind+"/ajar") }) {
			t.Errorf("the base has no %s: %v", kind, keys(base))
		}
	}
	all := built(t, "example")
	deployment := all["Deployment/ajar"]
	if image := at[string](t, deployment, "spec", "template", "spec", "containers", "0", "image"); !strings.Contains(image, "@sha256:") {
		t.Errorf("the example does not pin its image: %s", image)
	}
	port := at[any](t, all["Service/ajar"], "spec", "ports", "0", "port")
	if got := at[any](t, all["NetworkPolicy/ajar"], "spec", "ingress", "0", "ports", "0", "port"); got != port {
		t.Errorf("the policy lets %v in, the service has %v", got, port)
	}
	if got := at[any](t, deployment, "spec", "template", "spec", "containers", "0", "ports", "0", "containerPort"); got != port {
		t.Errorf("the container has %v, the service %v", got, port)
	}
	monitor := all["ServiceMonitor/ajar"]
	if at[string](t, monitor, "spec", "endpoints", "0", "port") != at[string](t, all["Service/ajar"], "spec", "ports", "0", "name") {
		t.Error("the monitor asks for a port that the service does not name")
	}
	want := at[map[string]any](t, all["Service/ajar"], "metadata", "labels")
	for k, v := range at[map[string]any](t, monitor, "spec", "selector", "matchLabels") {
		if want[k] != v {
			t.Errorf("the monitor looks for %s=%v, the service has %v", k, v, want[k])
		}
	}
}

func keys(m map[string]map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
