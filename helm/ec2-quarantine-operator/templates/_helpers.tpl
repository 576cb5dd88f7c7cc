{{- define "ec2-quarantine-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "ec2-quarantine-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "ec2-quarantine-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ec2-quarantine-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ec2-quarantine-operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "ec2-quarantine-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "ec2-quarantine-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "ec2-quarantine-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name must name the service account to use where serviceAccount.create is false" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "ec2-quarantine-operator.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- /* The subject of the bindings. */}}
{{- define "ec2-quarantine-operator.subject" -}}
- kind: ServiceAccount
  name: {{ include "ec2-quarantine-operator.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{- /* The lease and the installation's id have this name in the operator's namespace, whatever the release is called. */}}
{{- define "ec2-quarantine-operator.ownObject" -}}
ec2-quarantine-operator
{{- end }}

{{- /* The kind of object, as rules name it, that the operator keeps the installation's id in. */}}
{{- define "ec2-quarantine-operator.identityResource" -}}
secrets
{{- end }}
