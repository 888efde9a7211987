package main

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/storage/names"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	apijob "k8s.io/kubernetes/pkg/api/job"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/api/pod"
	apiservice "k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchvalidation "k8s.io/kubernetes/pkg/apis/batch/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/features"
)

// validations does the same as the strategy of a kind whose package also contains caches and clients. With those packages the
// build would take twice as long.
type validations[T runtime.Object] struct {
	rest.DeclarativeValidation
	names.NameGenerator
	isClusterWide bool
	prepare       func(T)
	validate      func(T) field.ErrorList
	warn          func(context.Context, T) []string
	// Features that the declarative validation of the kind asks for.
	features []featuregate.Feature
}

var common = rest.DeclarativeValidation{Scheme: legacyscheme.Scheme}

var (
	configMaps = validations[*core.ConfigMap]{
		DeclarativeValidation: common, validate: validation.ValidateConfigMap,
	}
	namespaces = validations[*core.Namespace]{
		DeclarativeValidation: common, validate: validation.ValidateNamespace, isClusterWide: true,
	}
	secrets = validations[*core.Secret]{
		DeclarativeValidation: common, validate: validation.ValidateSecret,
	}
	serviceAccounts = validations[*core.ServiceAccount]{
		DeclarativeValidation: common, validate: validation.ValidateServiceAccount,
	}
	services = validations[*core.Service]{
		DeclarativeValidation: common, validate: validation.ValidateServiceCreate,
		warn: func(_ context.Context, service *core.Service) []string {
			return apiservice.GetWarningsForService(service, nil)
		},
	}
	jobs = validations[*batch.Job]{
		DeclarativeValidation: common, prepare: generateSelector,
		features: []featuregate.Feature{features.WorkloadWithJob},
		validate: func(job *batch.Job) field.ErrorList {
			return batchvalidation.ValidateJobCreate(job, batchvalidation.JobValidationOptions{
				PodValidationOptions:  pod.GetValidationOptionsFromPodTemplate(&job.Spec.Template, nil),
				RequirePrefixedLabels: true,
			})
		},
		warn: func(ctx context.Context, job *batch.Job) []string {
			return apijob.WarningsForJobSpec(ctx, field.NewPath("spec"), &job.Spec, nil)
		},
	}
)

// generateSelector adds what the API server adds to a Job that names no selector.
func generateSelector(job *batch.Job) {
	if job.Spec.Selector != nil {
		return
	}
	if job.Spec.Template.Labels == nil {
		job.Spec.Template.Labels = map[string]string{}
	}
	for _, label := range []string{batch.LegacyJobNameLabel, batch.JobNameLabel} {
		job.Spec.Template.Labels[label] = job.Name
	}
	for _, label := range []string{batch.LegacyControllerUidLabel, batch.ControllerUidLabel} {
		job.Spec.Template.Labels[label] = string(job.UID)
	}
	job.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{batch.ControllerUidLabel: string(job.UID)}}
}

func (v validations[T]) DeclarativeValidationConfig(
	context.Context, runtime.Object, runtime.Object,
) rest.DeclarativeValidationConfig {
	options := map[string]bool{}
	for _, feature := range v.features {
		options[string(feature)] = utilfeature.DefaultFeatureGate.Enabled(feature)
	}
	return rest.DeclarativeValidationConfig{Options: options}
}

func (v validations[T]) NamespaceScoped() bool { return !v.isClusterWide }

func (v validations[T]) PrepareForCreate(_ context.Context, object runtime.Object) {
	if v.prepare != nil {
		v.prepare(object.(T))
	}
}

func (v validations[T]) Validate(_ context.Context, object runtime.Object) field.ErrorList {
	return v.validate(object.(T))
}

func (v validations[T]) WarningsOnCreate(ctx context.Context, object runtime.Object) []string {
	if v.warn == nil {
		return nil
	}
	return v.warn(ctx, object.(T))
}

func (validations[T]) Canonicalize(runtime.Object) {}
