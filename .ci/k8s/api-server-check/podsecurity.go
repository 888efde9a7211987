package main

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// levels has the Pod Security level that each namespace enforces.
type levels map[string]api.Level

// of returns `restricted` for a namespace that is not among the manifests.
func (l levels) of(namespace string) api.Level {
	if level, ok := l[namespace]; ok {
		return level
	}
	return api.LevelRestricted
}

func podSecurityLevels(manifests []manifest) levels {
	found := levels{}
	for _, manifest := range manifests {
		if manifest.GetKind() == "Namespace" {
			// An unknown level counts as `restricted`, as in the API server.
			found[manifest.GetName()], _ = api.ParseLevel(manifest.GetLabels()[api.EnforceLevelLabel])
		}
	}
	return found
}

func checkPodSecurity(object runtime.Object, level api.Level) []string {
	template := podTemplateOf(object)
	if template == nil {
		return nil
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return []string{err.Error()}
	}
	latest := api.LevelVersion{Level: level, Version: api.LatestVersion()}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(latest, &template.ObjectMeta, &template.Spec))
	if result.Allowed {
		return nil
	}
	return []string{"violates PodSecurity " + latest.String() + ": " + result.ForbiddenDetail()}
}

func podTemplateOf(object runtime.Object) *corev1.PodTemplateSpec {
	switch workload := object.(type) {
	case *appsv1.Deployment:
		return &workload.Spec.Template
	case *appsv1.StatefulSet:
		return &workload.Spec.Template
	case *batchv1.Job:
		return &workload.Spec.Template
	}
	return nil
}
