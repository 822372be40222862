#!/usr/bin/env bash
# Does the units of a plan that are not done, as one task of a job array:
#
#     eegenre plan study --tsv > plan.tsv
#     sbatch --array=0-99 --requeue workflow/array.sh plan.tsv
#
# Task K of N does every Nth open unit of the plan from the Kth, counted from 0. Slurm passes both numbers; with other schedulers,
# pass them yourself: `array.sh plan.tsv K N`. A killed task, started again, continues from its checkpoint.
set -euo pipefail
plan=${1:?the plan, as eegenre plan … --tsv}
task=${2:-$((${SLURM_ARRAY_TASK_ID:?or give K and N} - ${SLURM_ARRAY_TASK_MIN:-0}))}
tasks=${3:-${SLURM_ARRAY_TASK_COUNT:-1}}
export RAYON_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}

failed=0
while read -r command; do
  bash -c "$command" < /dev/null || failed=$((failed + 1))
done < <(awk -F '\t' -v k="$task" -v n="$tasks" 'NR > 1 && $3 == "no" && open++ % n == k { print $5 }' "$plan")
if ((failed > 0)); then
  echo "$failed units of $plan failed in task $task of $tasks; start the task again" >&2
  exit 1
fi
